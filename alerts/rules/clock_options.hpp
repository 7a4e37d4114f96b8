#pragma once
// Tested by tests/alerts/detector/rule_calendar_test.cpp
// A rule's clock, as plain data: the island knows no time zones. Header only, as rule_options.hpp.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

namespace tapewatch::alerts {

/// What a rule's clock is ahead of UTC (east: positive), and from when on. Without changes it shows UTC.
struct LocalClock {
  struct Change {
    std::chrono::sys_seconds from;
    std::chrono::seconds ahead{0};
    bool operator==(const Change&) const = default;
  };
  std::vector<Change> changes;  ///< ascending; the first one also holds for all time before it
  bool operator==(const LocalClock&) const = default;

  std::chrono::seconds ahead(std::chrono::sys_seconds at) const {
    if (changes.empty()) return std::chrono::seconds{0};
    const auto later = std::upper_bound(changes.begin() + 1, changes.end(), at,
                                        [](std::chrono::sys_seconds time, const Change& c) { return time < c.from; });
    return (later - 1)->ahead;
  }

  /// The local hour, counted from the local 1970-01-01 00:00, of an hour of UTC counted likewise: the one that holds
  /// its middle, where a clock is not whole hours ahead.
  std::int64_t local_hour(std::int64_t hour) const {
    if (changes.empty()) return hour;
    const std::chrono::sys_seconds middle{std::chrono::hours{hour} + std::chrono::minutes{30}};
    return std::chrono::floor<std::chrono::hours>(middle.time_since_epoch() + ahead(middle)).count();
  }
};

}  // namespace tapewatch::alerts
