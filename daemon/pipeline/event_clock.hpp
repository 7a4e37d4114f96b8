#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

#include "config/notation/mutex.hpp"

namespace tapewatch {

using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;

/// The wall clock, in milliseconds.
inline TimePoint wall_now() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

/// The clock for live ticks and receipt times. The daemon uses the wall clock; the demo a clock that plays six hours in
/// less than a minute (see also trusted_clock.hpp). Any thread.
class EventClock {
 public:
  virtual ~EventClock() = default;
  virtual TimePoint now() const { return wall_now(); }
  /// The time that has passed since some moment, whatever happens to now().
  virtual std::chrono::milliseconds elapsed() const { return now().time_since_epoch(); }
  /// How far the wall clock is from now() while it is not followed; nothing while it is.
  virtual std::optional<std::chrono::milliseconds> departure() const { return std::nullopt; }
};

/// Stands at `hold` until `play`, then runs from `start` at `rate` times the speed of the wall clock until it has
/// caught up; then it is the wall clock.
class PlaybackClock final : public EventClock {
 public:
  explicit PlaybackClock(TimePoint hold) : hold_(hold) {}

  void play(TimePoint start, double rate) {
    const MutexLock lock(mutex_);
    playing_ = Playing{start, wall_now(), rate};
  }

  TimePoint now() const override {
    const MutexLock lock(mutex_);
    if (!playing_) return hold_;
    const TimePoint wall = wall_now();
    const auto played = std::chrono::duration<double, std::milli>(wall - playing_->wall_start) * playing_->rate;
    return std::min(wall, playing_->start + std::chrono::duration_cast<std::chrono::milliseconds>(played));
  }

 private:
  struct Playing {
    TimePoint start, wall_start;
    double rate;
  };
  const TimePoint hold_;
  mutable Mutex mutex_;
  std::optional<Playing> playing_ GUARDED_BY(mutex_);
};

}  // namespace tapewatch
