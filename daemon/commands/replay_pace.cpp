#include "daemon/commands/replay_pace.hpp"

#include <signal.h>

#include <algorithm>
#include <charconv>
#include <ctime>

namespace tapewatch {
namespace {

constexpr double kSlowest = 0.001, kFastest = 1e6;

sigset_t stop_set() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

}  // namespace

std::optional<ReplayPace> ReplayPace::parse(std::string_view text) {
  if (text == "max") return ReplayPace(0);
  if (!text.ends_with('x')) return std::nullopt;
  text.remove_suffix(1);
  double speed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), speed);
  const bool read = error == std::errc() && end == text.data() + text.size();
  return read && speed >= kSlowest && speed <= kFastest ? std::optional(ReplayPace(speed)) : std::nullopt;
}

ReplayPace::Clock::time_point ReplayPace::due(EventTime at, Clock::time_point now) {
  if (!is_paced()) return now;
  if (!start_) start_.emplace(at, now);
  const std::chrono::duration<double> passed = (at - start_->first) / speed_;
  return start_->second + std::chrono::duration_cast<Clock::duration>(passed);
}

InterruptibleWait::InterruptibleWait() {
  const sigset_t set = stop_set();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

InterruptibleWait::~InterruptibleWait() {
  const sigset_t set = stop_set();
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

bool InterruptibleWait::until(ReplayPace::Clock::time_point due) {
  const sigset_t set = stop_set();
  for (;;) {
    const auto left = std::max(due - ReplayPace::Clock::now(), ReplayPace::Clock::duration::zero());
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
    const timespec wait{static_cast<std::time_t>(seconds.count()),
                        std::chrono::duration_cast<std::chrono::nanoseconds>(left - seconds).count()};
    if (sigtimedwait(&set, nullptr, &wait) > 0) return false;
    if (ReplayPace::Clock::now() >= due) return true;
  }
}

}  // namespace tapewatch
