#pragma once

#include <chrono>
#include <cstdint>

namespace tapewatch {

/// When a failure that goes on is said again: at once, after ten minutes, then every hour. So an operator who looks at
/// the log in the middle of an outage finds it there, and an outage of a night is not a thousand lines.
class Outage {
 public:
  using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;

  /// One more failure; true where it is to be said.
  bool failed(TimePoint now) {
    if (failures_++ == 0) {
      since_ = now;
      say_at_ = now + std::chrono::minutes(10);
      return true;
    }
    if (now < say_at_) return false;
    say_at_ = now + std::chrono::hours(1);
    return true;
  }
  /// A success; true where it ends an outage.
  bool recovered() {
    const bool ended = failures_ > 0;
    failures_ = 0;
    return ended;
  }
  std::uint64_t failures() const { return failures_; }
  std::chrono::minutes lasts(TimePoint now) const { return std::chrono::floor<std::chrono::minutes>(now - since_); }

 private:
  std::uint64_t failures_ = 0;
  TimePoint since_{}, say_at_{};
};

}  // namespace tapewatch
