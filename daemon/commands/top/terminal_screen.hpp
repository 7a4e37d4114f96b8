#pragma once

#include <termios.h>

#include <optional>
#include <string_view>

#include "daemon/commands/top/top_frame.hpp"

namespace tapewatch {

/// The alternate screen of the terminal on standard output, without a cursor, and the keyboard letter by letter, as
/// long as this object exists; then the terminal is as it was. One at a time.
class TerminalScreen {
 public:
  TerminalScreen();
  ~TerminalScreen();
  TerminalScreen(const TerminalScreen&) = delete;
  TerminalScreen& operator=(const TerminalScreen&) = delete;

  /// In one piece. False when the terminal is gone.
  bool show(std::string_view text);
  /// 80 × 24 where the terminal does not tell.
  static TopSize size();
  static bool is_there();  ///< whether standard output is a terminal

 private:
  std::optional<termios> keyboard_;  ///< as it was
};

}  // namespace tapewatch
