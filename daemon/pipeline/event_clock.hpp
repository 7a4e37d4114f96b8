#pragma once

#include <algorithm>
#include <chrono>

namespace tapewatch {

using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;

/// The wall clock, in the resolution of the house.
inline TimePoint wall_now() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

/// The clock that gives live ticks and receipt times. The daemon runs on the wall clock; the demo on one that plays six
/// hours in less than a minute. Any thread.
class EventClock {
 public:
  virtual ~EventClock() = default;
  [[nodiscard]] virtual TimePoint now() const { return wall_now(); }
};

/// Starts at `start`, runs `rate` times as fast as the wall clock, and never passes it: once it has caught up it is it.
class PlaybackClock final : public EventClock {
 public:
  PlaybackClock(TimePoint start, double rate) : start_(start), wall_start_(wall_now()), rate_(rate) {}

  [[nodiscard]] TimePoint now() const override {
    const TimePoint wall = wall_now();
    const auto played = std::chrono::duration<double, std::milli>(wall - wall_start_) * rate_;
    return std::min(wall, start_ + std::chrono::duration_cast<std::chrono::milliseconds>(played));
  }

 private:
  const TimePoint start_, wall_start_;
  const double rate_;
};

}  // namespace tapewatch
