// Tested by tests/train/report/report_test.cpp
#include "model/train/report/progress_bar.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "config/notation/duration.hpp"

namespace tapewatch::model::train {
namespace {

constexpr std::size_t kBarWidth = 24, kDefaultColumns = 80;

std::size_t columns(std::FILE* out) {
  winsize size{};
  return ::ioctl(::fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : kDefaultColumns;
}

}  // namespace

std::string state_line(const RunState& state) {
  const std::string left =
      notation::duration_in_words(std::chrono::milliseconds(std::llround(std::max(0.0, state.seconds_left) * 1000.0)));
  return fmt::format("epoch {} step {}/{} loss {:.4f}{} {:.2f} s/step, {} left", state.epoch, state.step, state.steps,
                     state.loss, state.accuracy, state.seconds_a_step, left);
}

std::string state_bar(const RunState& state, std::size_t width) {
  const double share = static_cast<double>(state.step) / static_cast<double>(std::max<std::int64_t>(state.steps, 1));
  const auto full = static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * static_cast<double>(kBarWidth));
  std::string bar(kBarWidth, '-');
  std::fill_n(bar.begin(), full, '#');
  auto text = fmt::format("[{}] {}", bar, state_line(state));
  if (text.size() > width) text.resize(width);
  return text;
}

ProgressBar::ProgressBar(std::FILE* out) : out_(out), live_(::isatty(::fileno(out)) == 1) {}

ProgressBar::~ProgressBar() {
  if (drawn_) std::fputc('\n', out_);
}

void ProgressBar::clear() {
  if (drawn_) std::fputs("\r\033[K", out_);
  drawn_ = false;
}

void ProgressBar::line(const std::string& text) {
  clear();
  fmt::print(out_, "{}\n", text);
  std::fflush(out_);
}

void ProgressBar::draw(const RunState& state) {
  if (!live_) return;
  clear();
  fmt::print(out_, "{}", state_bar(state, columns(out_) - 1));  // using the last column would start a new line
  std::fflush(out_);
  drawn_ = true;
}

}  // namespace tapewatch::model::train
