#pragma once
#include <limits>
#include <memory>
#include <vector>

#include "tests/bench/detection/judge.hpp"
#include "tests/bench/detection/rival_baseline.hpp"
#include "tests/bench/detection/rivals.hpp"

namespace tapewatch::bench {

/// All rivals on one baseline and one stream.
class RivalPanel final : public Judge {
 public:
  /// Peaks before `count_from_ms` are not kept.
  RivalPanel(int series, std::int64_t count_from_ms);

  /// By rival; without it there are no alarms.
  void set_thresholds(std::vector<double> thresholds) { thresholds_ = std::move(thresholds); }

  void story(const Story&) override;
  void advance(std::int64_t to_ms) override;

  const std::vector<std::unique_ptr<Rival>>& rivals() const { return rivals_; }
  /// The alarms of a rival, in order.
  const std::vector<Verdict>& alarms(std::size_t rival) const { return alarms_[rival]; }
  /// The largest statistic of each time that a series was not calm: a false alarm each, were the threshold below it.
  const std::vector<double>& peaks(std::size_t rival) const { return peaks_[rival]; }

 private:
  struct Excursion {
    double peak = 0.0;  // 0: calm
    bool alarmed = false;
  };
  HourSoFar so_far(std::size_t series, std::int64_t now_ms) const;
  void judge(std::size_t rival, std::size_t series, std::int64_t now_ms, double statistic);

  RivalBaseline baseline_;
  std::vector<std::unique_ptr<Rival>> rivals_;
  std::vector<double> thresholds_;
  std::vector<std::vector<Excursion>> excursions_;
  std::vector<std::vector<double>> peaks_;
  std::vector<std::vector<Verdict>> alarms_;
  std::vector<int> counts_;  // of the open hour
  std::int64_t hour_ = 0;
  std::int64_t count_from_ms_;
};

/// The threshold above which `allowed` of the peaks lie: as many false alarms.
double threshold_for(std::vector<double> peaks, std::size_t allowed);

}  // namespace tapewatch::bench
