#pragma once
#include <deque>
#include <istream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tapewatch::model::train {

enum class RowFormat { tsv, csv, ndjson };
/// By the file's extension: .csv; .ndjson, .jsonl or .json; anything else is TSV.
RowFormat row_format(std::string_view path);

/// A row as written: its fields by column name, or the reason why it cannot be read.
struct ParsedRow {
  std::vector<std::pair<std::string, std::string>> fields;
  std::string error;     // "" = none
  std::size_t line = 0;  // where it begins, from 1
};

/// Lines that a quoted field may span: a stray quote spoils only its own row, not the rest of the file.
inline constexpr std::size_t kMaxRecordLines = 64;

/// Reads one row after the other. Memory: kMaxRecordLines lines. TSV: no quoting. CSV: RFC 4180, quoted fields may span
/// lines. NDJSON: one object per line; strings and numbers are accepted, members of other types refused.
class RowStream {
 public:
  /// Reads the header if the format has one.
  RowStream(std::istream& in, RowFormat format);

  /// The names in the header; for NDJSON nothing.
  const std::vector<std::string>& header() const { return header_; }
  std::optional<ParsedRow> next();

 private:
  std::optional<std::vector<std::string>> record(std::string& error);
  std::vector<std::string> csv_record(std::string line, std::string& error);
  bool read_line(std::string& line);
  ParsedRow json_row(const std::string& line) const;

  std::istream& in_;
  RowFormat format_;
  std::vector<std::string> header_;
  std::deque<std::string> pending_;  // read ahead, to be read again
  std::size_t line_ = 0;             // read so far, without what is pending
  std::size_t begin_ = 0;            // of the record being read
};

}  // namespace tapewatch::model::train
