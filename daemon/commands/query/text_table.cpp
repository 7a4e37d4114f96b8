#include "daemon/commands/query/text_table.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "config/notation/environment.hpp"
#include "config/notation/printable.hpp"
#include "config/notation/utf8.hpp"

namespace tapewatch {
namespace {

struct Letter {
  std::string_view bytes;
  std::size_t width;
};

std::size_t width_of(char32_t code) {
  const bool mark =
      (code >= 0x300 && code <= 0x36f) || (code >= 0x200b && code <= 0x200f) || (code >= 0xfe00 && code <= 0xfe0f);
  const bool wide = (code >= 0x1100 && code <= 0x115f) || (code >= 0x2e80 && code <= 0xa4cf) ||
                    (code >= 0xac00 && code <= 0xd7a3) || (code >= 0xf900 && code <= 0xfaff) ||
                    (code >= 0xff00 && code <= 0xff60) || (code >= 0x1f300 && code <= 0x1faff) ||
                    (code >= 0x20000 && code <= 0x3fffd);
  return mark ? 0 : wide ? 2 : 1;
}

Letter first_letter(std::string_view text) {
  const auto point = notation::decode_utf8(text, 0);
  return {text.substr(0, point.length), point.well_formed ? width_of(point.value) : 1};
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const Letter letter = first_letter(text);
    width += letter.width;
    text.remove_prefix(letter.bytes.size());
  }
  return width;
}

std::string cut_to_width(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  std::string out;
  for (std::size_t used = 0; !text.empty();) {
    const Letter letter = first_letter(text);
    if (used + letter.width + 1 > width) break;
    used += letter.width;
    out += letter.bytes;
    text.remove_prefix(letter.bytes.size());
  }
  return out + "…";
}

void TextTable::add(std::vector<std::string> cells) {
  for (std::string& cell : cells) cell = notation::printable(cell);
  rows_.push_back(std::move(cells));
}

std::string TextTable::text(std::size_t width) const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t widest = display_width(columns_[i].name);
    for (const auto& row : rows_) widest = std::max(widest, display_width(row[i]));
    widths.push_back(widest);
  }
  std::string out;
  const auto add_line = [&](const auto& cell_at) {
    std::string line;
    std::size_t used = 0;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const bool last = i + 1 == columns_.size();
      std::string cell = cell_at(i);
      if (last && width > used) cell = cut_to_width(cell, width - used);
      const std::size_t pad = widths[i] - std::min(widths[i], display_width(cell));
      if (columns_[i].align == Align::right) line.append(pad, ' ');
      line += cell;
      if (columns_[i].align == Align::left && !last) line.append(pad, ' ');
      if (!last) line += "  ";
      used += widths[i] + 2;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  };
  add_line([&](std::size_t i) { return columns_[i].name; });
  for (const auto& row : rows_) {
    add_line([&](std::size_t i) { return row[i]; });
  }
  return out;
}

std::size_t terminal_width() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  if (const auto columns = notation::environment("COLUMNS")) {
    std::size_t width = 0;
    std::from_chars(columns->data(), columns->data() + columns->size(), width);
    return width;
  }
  return 0;
}

}  // namespace tapewatch
