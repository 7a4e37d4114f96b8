#include "tests/bench/detection/rival_panel.hpp"

#include <algorithm>
#include <functional>

namespace tapewatch::bench {

RivalPanel::RivalPanel(int series, std::int64_t count_from_ms)
    : baseline_(series),
      rivals_(all_rivals(static_cast<std::size_t>(series))),
      thresholds_(rivals_.size(), std::numeric_limits<double>::infinity()),
      excursions_(rivals_.size(), std::vector<Excursion>(static_cast<std::size_t>(series))),
      peaks_(rivals_.size()),
      alarms_(rivals_.size()),
      counts_(static_cast<std::size_t>(series)),
      count_from_ms_(count_from_ms) {}

HourSoFar RivalPanel::so_far(std::size_t series, std::int64_t now_ms) const {
  HourSoFar hour;
  hour.hour = hour_;
  hour.now_ms = now_ms;
  hour.count = counts_[series];
  hour.level = baseline_.level(static_cast<int>(series));
  hour.full_mean = hour.level * baseline_.season(hour_);
  hour.mean = hour.full_mean * std::max(1e-3, static_cast<double>(now_ms - hour_ * kHourMs) / kHourMs);
  hour.dispersion = baseline_.dispersion(static_cast<int>(series));
  return hour;
}

void RivalPanel::story(const Story& story) {
  const auto series = static_cast<std::size_t>(story.series);
  ++counts_[series];
  const HourSoFar hour = so_far(series, story.at_ms);
  for (std::size_t r = 0; r < rivals_.size(); ++r) judge(r, series, story.at_ms, rivals_[r]->at_story(series, hour));
}

void RivalPanel::advance(std::int64_t to_ms) {
  if (to_ms / kHourMs > hour_ && hour_ > 0) {
    for (std::size_t s = 0; s < counts_.size(); ++s) {
      const HourSoFar hour = so_far(s, to_ms);
      for (std::size_t r = 0; r < rivals_.size(); ++r) judge(r, s, to_ms, rivals_[r]->at_hour_end(s, hour));
    }
    baseline_.learn(hour_, counts_);
    std::fill(counts_.begin(), counts_.end(), 0);
  }
  hour_ = to_ms / kHourMs;
}

void RivalPanel::judge(std::size_t rival, std::size_t series, std::int64_t now_ms, double statistic) {
  Excursion& excursion = excursions_[rival][series];
  if (statistic > rivals_[rival]->calm()) {
    excursion.peak = std::max(excursion.peak, statistic);
    if (statistic > thresholds_[rival] && !excursion.alarmed) {
      excursion.alarmed = true;
      alarms_[rival].push_back({Verdict::Kind::opened, static_cast<int>(series), now_ms, {}});
    }
  } else if (excursion.peak > 0.0) {
    if (now_ms >= count_from_ms_) peaks_[rival].push_back(excursion.peak);
    excursion = {};
  }
}

double threshold_for(std::vector<double> peaks, std::size_t allowed) {
  std::sort(peaks.begin(), peaks.end(), std::greater<>());
  if (peaks.empty()) return 0.0;
  if (allowed == 0) return peaks.front();
  if (allowed >= peaks.size()) return peaks.back() - 1e-9;
  // Ties cannot be split: then fewer alarms.
  return std::max(0.5 * (peaks[allowed - 1] + peaks[allowed]), peaks[allowed]);
}

}  // namespace tapewatch::bench
