// Tested by tests/alerts/detector/surge_engine_test.cpp
#include <algorithm>
#include <cmath>

#include "alerts/detector/blob.hpp"
#include "alerts/detector/elementary.hpp"
#include "alerts/detector/event_minutes.hpp"
#include "alerts/detector/surge_scan.hpp"

namespace tapewatch::alerts {
namespace {

constexpr double kLongestSum = 336.0;  // hours

}  // namespace

void SurgeSums::hear(std::int64_t now, double exposure, const SeriesBaseline& baseline, double drift) {
  static const std::array<double, kSums> gains = {natural_log(kSurges[0]), natural_log(kSurges[1]),
                                                  natural_log(kSurges[2])};
  const HourCell& cell = baseline.cell(baseline.hour());
  for (std::size_t i = 0; i < kSums; ++i) {
    Sum& sum = sums_[i];
    sum.evidence -= (kSurges[i] - 1.0) * sum.allowed * (exposure - sum.last);
    // No longer than half of what the level before it was learned from.
    const double known = std::min(kLongestSum, 0.5 * sum.start) * static_cast<double>(kHourMs);
    if (sum.evidence <= 0.0 || static_cast<double>(now - sum.from) > known) {
      sum = {now, 0.0, 0.0, exposure, baseline.uncertainty(), exposure, cell.level, cell.level_variance, 0.0f};
      sum.allowed = static_cast<float>(cell.level * (1.0 + std::sqrt(cell.level_variance + drift)));
    }
    sum.evidence += gains[i];
    sum.count += 1.0;
    sum.last = exposure;
  }
}

void SurgeSums::take_back(std::int64_t at) {
  for (std::size_t i = 0; i < kSums; ++i) {
    Sum& sum = sums_[i];
    if (at < sum.from || sum.count <= 0.0) continue;
    sum.count -= 1.0;
    sum.evidence = std::max(0.0, sum.evidence - natural_log(kSurges[i]));
  }
}

void SurgeSums::save(BlobWriter& out) const {
  for (const Sum& sum : sums_) {
    out.i64(sum.from);
    for (const double v : {sum.evidence, sum.count, sum.start, sum.rough, sum.last}) out.f64(v);
    out.f32(sum.level);
    out.f32(sum.level_variance);
    out.f32(sum.allowed);
  }
}

void SurgeSums::load(BlobReader& in) {
  for (Sum& sum : sums_) {
    sum.from = in.i64();
    for (double* v : {&sum.evidence, &sum.count, &sum.start, &sum.rough, &sum.last}) *v = in.f64();
    sum.level = in.f32();
    sum.level_variance = in.f32();
    sum.allowed = in.f32();
  }
}

}  // namespace tapewatch::alerts
