#pragma once
#include <array>
#include <cstdint>

namespace tapewatch::alerts {

/// The stretches of an alert's chart, in minutes since the epoch.
struct ChartSpan {
  static constexpr std::int64_t kBuckets = 48;
  std::int64_t first = 0;   ///< where the first one begins
  std::int64_t bucket = 5;  ///< their length
};

/// The shortest stretches of which 48 hold twice the minutes [from, to] that the alert is about; the last one holds
/// `to`.
inline ChartSpan chart_span(std::int64_t from, std::int64_t to) {
  constexpr std::array<std::int64_t, 5> kLengths = {5, 15, 60, 180, 360};
  std::int64_t bucket = kLengths.back();
  for (const std::int64_t length : kLengths) {
    if (2 * (to + 1 - from) > ChartSpan::kBuckets * length) continue;
    bucket = length;
    break;
  }
  return {(to / bucket + 1 - ChartSpan::kBuckets) * bucket, bucket};
}

}  // namespace tapewatch::alerts
