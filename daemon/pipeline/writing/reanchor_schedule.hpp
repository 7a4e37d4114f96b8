#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <utility>

#include "daemon/pipeline/event_clock.hpp"

namespace tapewatch {

/// When event time is anchored anew, and to which time: back, where it is ahead of a trusted clock by more than
/// `max_ahead`; forth, where such a clock is ahead of it and an earlier re-anchoring holds documents from in between
/// (the clock that it believed was wrong). A clock that is not believed yet anchors nothing. One thread.
class ReanchorSchedule {
 public:
  /// A clock's time while it is trusted (TrustedClock::settled); empty: event time is never anchored anew.
  using Settled = std::function<std::optional<TimePoint>()>;
  using HoldsBetween = std::function<bool(TimePoint after, TimePoint to)>;

  ReanchorSchedule(Settled settled, HoldsBetween holds, std::chrono::milliseconds max_ahead)
      : settled_(std::move(settled)), holds_(std::move(holds)), max_ahead_(max_ahead) {}

  std::optional<TimePoint> due(TimePoint event_time) const {
    if (!settled_ || event_time == TimePoint{}) return std::nullopt;
    const auto now = settled_();
    if (!now || std::chrono::abs(*now - event_time) <= max_ahead_) return std::nullopt;
    return *now < event_time || holds_(event_time, *now) ? now : std::nullopt;
  }

 private:
  const Settled settled_;
  const HoldsBetween holds_;
  const std::chrono::milliseconds max_ahead_;
};

}  // namespace tapewatch
