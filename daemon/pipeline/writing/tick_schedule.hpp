#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

#include "daemon/pipeline/event_clock.hpp"

namespace tapewatch {

/// When the writer adds a live tick, and which time it carries. A tick says that time passed and nothing came: there is
/// none while records come (a backlog being caught up keeps its own times and teaches the detector), and none before
/// the first row. It adds the time that has passed since the event time last moved, so that a wall clock that is set
/// moves nothing; only the first tick of a run takes the clock's reading, for the time that nobody watched. It waits
/// while sources may still bring what came in that time: those records would be late.
///
/// One thread.
class TickSchedule {
 public:
  using Steady = std::chrono::steady_clock::time_point;

  /// `every`: event time between two ticks; `after_quiet`: wall time without a record before the first of them.
  TickSchedule(std::chrono::milliseconds every, std::chrono::milliseconds after_quiet, const EventClock& clock,
               Steady now)
      : every_(every), after_quiet_(after_quiet), clock_(clock), record_seen_(now) {}

  void saw_record(Steady now) { record_seen_ = now; }

  /// After every commit: the event time that it left, the epoch while there is none.
  void saw_event_time(TimePoint at) {
    if (seen_ && *seen_ != at) moved_ = clock_.elapsed();
    seen_ = at;
  }

  bool is_first() const { return !moved_; }

  /// The time of the tick that is due now. `catching_up`: sources are.
  std::optional<TimePoint> due(TimePoint event_time, Steady now, bool catching_up = false) const {
    if (event_time == TimePoint{} || now - record_seen_ < after_quiet_) return std::nullopt;
    if (is_first() && catching_up) return std::nullopt;
    TimePoint at = clock_.now();
    if (moved_) at = std::min(at, *seen_ + (clock_.elapsed() - *moved_));
    return at - event_time >= every_ ? std::optional(at) : std::nullopt;
  }

 private:
  const std::chrono::milliseconds every_, after_quiet_;
  const EventClock& clock_;
  Steady record_seen_;
  std::optional<TimePoint> seen_;
  std::optional<std::chrono::milliseconds> moved_;  // elapsed() when the event time last moved in this run
};

}  // namespace tapewatch
