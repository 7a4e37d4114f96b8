// Tested by tests/alerts/detector/expected_band_test.cpp
// What an alert's chart compares its counts with.
#include <array>

#include "alerts/chart_span.hpp"
#include "alerts/detector/event_minutes.hpp"
#include "alerts/detector/negative_binomial.hpp"
#include "alerts/detector/rule_watch.hpp"

namespace tapewatch::alerts {

ExpectedBand RuleWatch::band(const Series& series, std::int64_t from, std::int64_t to) const {
  ExpectedBand band;
  if (!counts() || !series.surge.baseline.started()) return band;
  const auto [first, bucket] = chart_span(from, to);
  std::array<std::int64_t, ChartSpan::kBuckets> ends{};
  std::int64_t end = first;
  for (std::int64_t& each : ends) each = (end += bucket) * kMinuteMs;
  band.from = start_of_minute(first);
  band.bucket = std::chrono::minutes{bucket};
  for (const auto& expected : engine_.expected(series.surge, static_cast<int>(bucket), ends)) {
    band.buckets.emplace_back();
    if (!expected) continue;
    band.buckets.back() = {expected->mean, upper_quantile(*expected, 0.975), upper_quantile(*expected, 0.025)};
  }
  return band;
}

}  // namespace tapewatch::alerts
