#include "tests/bench/detection/rival_baseline.hpp"

#include <algorithm>
#include <cmath>

namespace tapewatch::bench {
namespace {

constexpr std::size_t kGuardHours = 168;
const double kDecay = std::exp2(-1.0 / (28.0 * 24.0));  // an hour
constexpr double kSeasonDecay = 0.95;                   // a visit
constexpr double kShrink = 10.0;                        // stories that the coarser season weighs

}  // namespace

RivalBaseline::RivalBaseline(int series) : series_(static_cast<std::size_t>(series)) { season_.fill(1.0); }

void RivalBaseline::learn(std::int64_t hour, const std::vector<int>& counts) {
  recent_.emplace_back(counts.begin(), counts.end());
  for (std::size_t s = 0; s < series_.size(); ++s) {
    Series& series = series_[s];
    const double mean = series.level * season(hour);
    const double cap = mean + 3.0 * std::sqrt(series.dispersion * mean) + 3.0 * (series.dispersion - 1.0) + 1.0;
    const double count = series.exposure < 24.0 ? counts[s] : std::min<double>(counts[s], cap);
    recent_.back()[s] = static_cast<float>(count);
    if (series.exposure < 168.0) continue;
    series.squares = series.squares * kDecay + (count - mean) * (count - mean);
    series.means = series.means * kDecay + mean;
    squares_ += (count - mean) * (count - mean);
    means_ += mean;
  }
  // Before there is anything to go by, the newest hour is learned at once.
  const bool young = series_.front().exposure < static_cast<double>(kGuardHours);
  if (!young && recent_.size() <= kGuardHours) return;
  const std::int64_t learned = hour - static_cast<std::int64_t>(recent_.size()) + 1;
  double sum = 0.0, levels = 0.0;
  for (std::size_t s = 0; s < series_.size(); ++s) {
    Series& series = series_[s];
    series.count = series.count * kDecay + recent_.front()[s];
    series.exposure = series.exposure * kDecay + season(learned);
    series.level = (series.count + 0.5) / (series.exposure + 10.0);
    sum += recent_.front()[s];
    levels += series.level;
  }
  recent_.pop_front();
  sums_[slot(learned)] = sums_[slot(learned)] * kSeasonDecay + sum;
  visits_[slot(learned)] = visits_[slot(learned)] * kSeasonDecay + levels;
  if (learned % 24 == 23) refresh();
}

void RivalBaseline::refresh() {
  std::array<double, 48> sums{}, visits{};
  double all_sums = 0.0, all_visits = 0.0;
  const auto coarse = [](std::size_t slot) { return slot % 24 + (slot >= 120 ? 24 : 0); };
  for (std::size_t i = 0; i < 168; ++i) {
    sums[coarse(i)] += sums_[i];
    visits[coarse(i)] += visits_[i];
    all_sums += sums_[i];
    all_visits += visits_[i];
  }
  if (all_visits <= 0.0) return;
  const double usual = all_sums / all_visits;
  double mean = 0.0;
  for (std::size_t i = 0; i < 168; ++i) {
    const double wide = (sums[coarse(i)] + kShrink * usual) / (visits[coarse(i)] + kShrink);
    season_[i] = std::max(0.02, (sums_[i] + kShrink * wide) / (visits_[i] + kShrink));
    mean += season_[i] / 168.0;
  }
  for (double& factor : season_) factor /= mean;
  const double pooled = means_ > 0.0 ? std::max(1.0, (squares_ + 10.0) / (means_ + 10.0)) : 1.0;
  for (Series& series : series_) {
    series.dispersion = std::max(1.0, (series.squares + 10.0 * pooled) / (series.means + 10.0));
  }
}

}  // namespace tapewatch::bench
