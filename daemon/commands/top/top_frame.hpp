#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/commands/top/top_state.hpp"

namespace tapewatch {

/// One line of the screen, printable, and what it is.
struct TopLine {
  enum class Look { plain, title, good, warning, bad };
  std::string text;
  Look look = Look::plain;
};

/// The space there is; 0: as much as it takes.
struct TopSize {
  std::size_t columns = 80, rows = 24;
};

/// The state as lines that fit. Where there is little room each list is shortened, those at the bottom first, and says
/// how much is left out. Pure.
std::vector<TopLine> draw_top(const TopState& state, std::string_view url, TopSize size, TimePoint now);

/// The lines without any escape.
std::string plain_text(const std::vector<TopLine>& lines);

/// What a terminal of `columns` is sent to show the lines in place of the last ones: no line is cleared before it is
/// written, so that nothing flickers.
std::string screen_text(const std::vector<TopLine>& lines, std::size_t columns, bool colours);

}  // namespace tapewatch
