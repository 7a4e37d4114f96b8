#pragma once
#include <chrono>
#include <cstdint>

#include "alerts/rules/rule_options.hpp"

namespace tapewatch::alerts {

inline constexpr std::int64_t kMinuteMs = 60'000, kHourMs = 60 * kMinuteMs, kWeekMs = 168 * kHourMs;

// Minutes and hours of event time, counted from the epoch; floor, also before it.

inline std::int64_t minute_of(TimePoint at) {
  return std::chrono::floor<std::chrono::minutes>(at).time_since_epoch().count();
}

inline std::int64_t hour_of(TimePoint at) {
  return std::chrono::floor<std::chrono::hours>(at).time_since_epoch().count();
}

inline std::int64_t hour_of_minute(std::int64_t minute) {
  return std::chrono::floor<std::chrono::hours>(std::chrono::minutes{minute}).count();
}

inline std::int64_t ms_of(TimePoint at) { return at.time_since_epoch().count(); }

// The same of milliseconds since the epoch, in which the engine counts.

inline std::int64_t minute_at(std::int64_t ms) { return minute_of(TimePoint{std::chrono::milliseconds{ms}}); }
inline std::int64_t hour_at(std::int64_t ms) { return hour_of(TimePoint{std::chrono::milliseconds{ms}}); }

inline TimePoint start_of_minute(std::int64_t minute) { return TimePoint{std::chrono::minutes{minute}}; }

}  // namespace tapewatch::alerts
