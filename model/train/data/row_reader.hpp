#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tapewatch::model::train {

/// One row of a labelled file as written; missing columns are empty.
struct RawRow {
  std::string label, topic, source, entity, text;
  std::optional<std::string> event, gravity;  // nothing: the file has no such column
  std::string file;
  std::size_t line = 0;  // 1: the header
};

/// The unusable rows, each with its reason. A few are normal and are left out; many mean that the file is the wrong
/// kind.
class BadRows {
 public:
  void add(const std::string& file, std::size_t line, const std::string& reason);
  void count_row() { ++rows_; }

  std::size_t size() const { return count_; }
  /// `file:line: reason`, the first 20.
  const std::vector<std::string>& shown() const { return shown_; }
  /// Throws std::runtime_error with the first bad rows if more than `share` of all rows are bad.
  void check(double share) const;

 private:
  std::size_t rows_ = 0, count_ = 0;
  std::vector<std::string> shown_;
};

inline constexpr std::string_view kWritten =
    "written";  // source of rows whose file names none: written for the project

/// Reads a TSV, CSV or NDJSON file (row_formats.hpp) with the columns or members in `required`, optionally others of
/// label, topic, source, entity, event, gravity and text, in any order; other names are ignored. Bad rows go to `bad`.
/// Throws std::runtime_error for a file that cannot be read or a header without a required column.
std::vector<RawRow> read_rows(const std::string& path, const std::vector<std::string_view>& required, BadRows& bad);

}  // namespace tapewatch::model::train
