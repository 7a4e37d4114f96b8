#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tapewatch::ingest {

/// One row: its first line (from 1), its fields, and its quoting error ("" for none).
struct CsvRow {
  std::size_t line = 0;
  std::vector<std::string> fields;
  std::string error;
  bool open = false;  // the error is that the text ended inside a quoted field
};

/// Whether a line that starts with '#' is skipped or a row like others.
enum class CsvComments { skipped, rows };

/// RFC 4180 and what real files contain: a byte order mark, LF or CRLF, blank lines and comments (both
/// skipped). A quoted field may hold commas, line breaks and doubled quotes.
class CsvReader {
 public:
  explicit CsvReader(std::string_view text, CsvComments comments = CsvComments::skipped);

  /// The next row; nullopt after the last, and after one with an error.
  std::optional<CsvRow> next();

 private:
  bool at_line_end() const;
  void skip_line();
  std::string read_quoted(CsvRow& row);

  std::string_view text_;
  CsvComments comments_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  bool failed_ = false;
};

}  // namespace tapewatch::ingest
