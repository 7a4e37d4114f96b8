#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tapewatch {

/// How many columns a text takes in a terminal: code points, without combining marks. Wide CJK letters count
/// two.
std::size_t display_width(std::string_view text);

/// At most `width` columns of a text; a shortened text ends in "…".
std::string cut_to_width(std::string_view text, std::size_t width);

/// Columns for people: a header, aligned cells, right-aligned numbers.
class TextTable {
 public:
  enum class Align { left, right };
  struct Column {
    std::string name;
    Align align = Align::left;
  };

  explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}
  void add(std::vector<std::string> cells);  // as many as there are columns
  std::size_t rows() const { return rows_.size(); }

  /// Lines of at most `width` columns: the last column is shortened if it does not fit. 0: as wide as necessary.
  std::string text(std::size_t width) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

/// Columns of the terminal on standard output, else $COLUMNS, else 0: not a terminal, nothing is shortened.
std::size_t terminal_width();

}  // namespace tapewatch
