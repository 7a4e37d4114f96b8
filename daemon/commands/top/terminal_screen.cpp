// Tested by tests/e2e/daemon/top_test.py
#include "daemon/commands/top/terminal_screen.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>

namespace tapewatch {
namespace {

constexpr std::string_view kEnter = "\x1b[?1049h\x1b[?25l\x1b[2J";
constexpr std::string_view kLeave = "\x1b[0m\x1b[?25h\x1b[?1049l";

bool write_to_terminal(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(STDOUT_FILENO, text.data(), text.size());
    if (written < 0 && errno != EINTR) return false;
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

TerminalScreen::TerminalScreen() {
  termios now{};
  if (::isatty(STDIN_FILENO) == 1 && ::tcgetattr(STDIN_FILENO, &now) == 0) {
    keyboard_ = now;
    now.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);  // signals by keys stay
    ::tcsetattr(STDIN_FILENO, TCSANOW, &now);
  }
  write_to_terminal(kEnter);
}

TerminalScreen::~TerminalScreen() {
  write_to_terminal(kLeave);
  if (keyboard_) ::tcsetattr(STDIN_FILENO, TCSANOW, &*keyboard_);
}

bool TerminalScreen::show(std::string_view text) { return write_to_terminal(text); }

TopSize TerminalScreen::size() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return {};
  return {size.ws_col, size.ws_row};
}

bool TerminalScreen::is_there() { return ::isatty(STDOUT_FILENO) == 1; }

}  // namespace tapewatch
