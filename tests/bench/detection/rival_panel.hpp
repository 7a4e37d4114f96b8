#pragma once
#include <limits>
#include <memory>
#include <vector>

#include "tests/bench/detection/judge.hpp"
#include "tests/bench/detection/rival_baseline.hpp"
#include "tests/bench/detection/rivals.hpp"

namespace tapewatch::bench {

/// What a rival's statistic rises to while a series is not calm: each value above all before it, in order.
using Excursion = std::vector<double>;

/// When a rival sends a message: an alarm where an excursion exceeds `threshold`, and an update each time that it
/// exceeds what was told last by the factor `growth`.
struct Telling {
  double threshold = std::numeric_limits<double>::infinity();
  double growth = std::numeric_limits<double>::infinity();

  /// Whether to tell of a statistic; `told`: the one told last, 0 for none.
  bool due(double statistic, double told) const { return statistic > (told > 0.0 ? growth * told : threshold); }
};

/// All rivals on one baseline and one stream.
class RivalPanel final : public Judge {
 public:
  /// Excursions that end before `count_from_ms` are not kept.
  RivalPanel(int series, std::int64_t count_from_ms);

  /// By rival; without it there are no alarms.
  void tell_by(std::vector<Telling> telling) { telling_ = std::move(telling); }

  void story(const Story&) override;
  void advance(std::int64_t to_ms) override;

  const std::vector<std::unique_ptr<Rival>>& rivals() const { return rivals_; }
  /// The alarms and updates of a rival, in order.
  const std::vector<Verdict>& messages(std::size_t rival) const { return messages_[rival]; }
  /// Each time that a series was not calm.
  const std::vector<Excursion>& excursions(std::size_t rival) const { return excursions_[rival]; }

 private:
  struct Course {         // of a series
    Excursion excursion;  // empty: calm
    double told = 0.0;    // 0: no alarm
  };
  HourSoFar so_far(std::size_t series, std::int64_t now_ms) const;
  void judge(std::size_t rival, std::size_t series, std::int64_t now_ms, double statistic);

  RivalBaseline baseline_;
  std::vector<std::unique_ptr<Rival>> rivals_;
  std::vector<Telling> telling_;
  std::vector<std::vector<Course>> courses_;
  std::vector<std::vector<Excursion>> excursions_;
  std::vector<std::vector<Verdict>> messages_;
  std::vector<int> counts_;  // of the open hour
  std::int64_t hour_ = 0;
  std::int64_t count_from_ms_;
};

/// The lowest threshold at which the excursions give no more than `allowed` messages: as many false ones.
Telling telling_for(const std::vector<Excursion>&, std::size_t allowed, double growth);

}  // namespace tapewatch::bench
