#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tapewatch::model::train {

/// One row of a labelled file as it is written there; what the file has no column for is empty.
struct RawRow {
  std::string label, topic, source, entity, text;
  std::string file;
  std::size_t line = 0;  // 1: the header
};

/// The rows that cannot be used, each with its reason. A few are a fact of life and are left out; many mean that the
/// file is not what it was taken for.
class BadRows {
 public:
  void add(const std::string& file, std::size_t line, const std::string& reason);
  void count_row() { ++rows_; }

  std::size_t size() const { return count_; }
  /// `file:line: reason`, the first 20.
  const std::vector<std::string>& shown() const { return shown_; }
  /// Throws std::runtime_error with the rows shown where more than `share` of all rows seen are bad.
  void check(double share) const;

 private:
  std::size_t rows_ = 0, count_ = 0;
  std::vector<std::string> shown_;
};

inline constexpr std::string_view kWritten =
    "written";  // source of rows whose file names none: written for the project

/// Reads a TSV, CSV or NDJSON file (row_formats.hpp) with the columns or members in `required`, optionally others of
/// label, topic, source, entity and text, in any order; what has another name is ignored. Bad rows go to `bad`. Throws
/// std::runtime_error for a file that cannot be read or a header without what is required.
std::vector<RawRow> read_rows(const std::string& path, const std::vector<std::string_view>& required, BadRows& bad);

}  // namespace tapewatch::model::train
