#include "tests/bench/detection/rival_panel.hpp"

#include <algorithm>
#include <utility>

namespace tapewatch::bench {

RivalPanel::RivalPanel(int series, std::int64_t count_from_ms)
    : baseline_(series),
      rivals_(all_rivals(static_cast<std::size_t>(series))),
      telling_(rivals_.size()),
      courses_(rivals_.size(), std::vector<Course>(static_cast<std::size_t>(series))),
      excursions_(rivals_.size()),
      messages_(rivals_.size()),
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
  Course& course = courses_[rival][series];
  if (statistic > rivals_[rival]->calm()) {
    if (course.excursion.empty() || statistic > course.excursion.back()) course.excursion.push_back(statistic);
    if (!telling_[rival].due(statistic, course.told)) return;
    const auto kind = course.told > 0.0 ? Verdict::Kind::updated : Verdict::Kind::opened;
    messages_[rival].push_back({kind, static_cast<int>(series), now_ms, {}});
    course.told = statistic;
  } else if (!course.excursion.empty()) {
    if (now_ms >= count_from_ms_) excursions_[rival].push_back(std::move(course.excursion));
    course = {};
  }
}

Telling telling_for(const std::vector<Excursion>& excursions, std::size_t allowed, double growth) {
  const auto messages = [&](const Telling& telling) {
    std::size_t count = 0;
    for (const Excursion& excursion : excursions) {
      double told = 0.0;
      for (const double statistic : excursion) {
        if (telling.due(statistic, told)) ++count, told = statistic;
      }
    }
    return count;
  };
  double low = 0.0, high = 0.0;
  for (const Excursion& excursion : excursions) high = std::max(high, excursion.back());
  for (int i = 0; i < 40; ++i) {
    const double middle = 0.5 * (low + high);
    (messages({middle, growth}) > allowed ? low : high) = middle;
  }
  return {high, growth};
}

}  // namespace tapewatch::bench
