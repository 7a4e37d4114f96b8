#pragma once

#include <chrono>
#include <cstdint>

namespace tapewatch {

/// When a continuing failure is logged: at once, after ten minutes, then every hour. So an operator who reads the log
/// during an outage finds it there, and an outage overnight is not a thousand lines.
class Outage {
 public:
  using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;

  /// Records a failure; true if it should be logged.
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
  /// Records a success; true if it ends an outage.
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
