// Tested by tests/alerts/detector/judgement_test.cpp
// What a window would have needed to be an alarm: asked of the judgement itself, with other counts.
#include <algorithm>
#include <cmath>
#include <utility>

#include "alerts/detector/event_minutes.hpp"
#include "alerts/detector/surge_scan.hpp"

namespace tapewatch::alerts {

std::optional<double> SurgeScan::least_alarm(Stretch s, double threshold) const {
  constexpr double kMost = 1e9;
  const auto is_alarm = [&](double count) {
    s.count = count;
    const auto score = judge(s);
    return score && score->score > threshold;
  };
  double none = std::max(std::ceil(min_count_), 1.0) - 1.0, alarm = none + 1.0;
  while (!is_alarm(alarm)) {
    if (alarm > kMost) return std::nullopt;
    none = std::exchange(alarm, 2.0 * alarm);
  }
  while (alarm - none > 1.0) {
    const double middle = std::floor((none + alarm) / 2.0);
    (is_alarm(middle) ? alarm : none) = middle;
  }
  return alarm;
}

std::vector<SurgeScan::Explained> SurgeScan::explain(const std::vector<ScanWindow>& windows, std::int64_t end,
                                                     std::int64_t mask, double threshold) const {
  std::vector<Explained> out;
  out.reserve(windows.size());
  double shorter = 0.0;
  Walk walk;
  walk.from = hour_at(end - 1);
  for (const ScanWindow& window : windows) {
    const auto s = stretch(window, end, mask, walk);
    Explained one;
    one.window = window;
    one.standing = standing(s, std::exchange(shorter, window.minutes / 60.0));
    if (one.standing == Standing::judged) {
      Stretch whole = *s;
      whole.remarkable_only = false;
      one.score = judge(whole);
      one.bound = least_alarm(*s, threshold);
    }
    out.push_back(one);
  }
  return out;
}

}  // namespace tapewatch::alerts
