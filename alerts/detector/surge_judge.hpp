#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "alerts/detector/alarm_threshold.hpp"
#include "alerts/detector/surge_scan.hpp"

namespace tapewatch::alerts {

/// Decides about one series: whether a vote is an alarm, whether an open surge grew or is over.
///
/// While a surge is open a sequential test of normal against surge runs,
///
///     R = max(0, R + (g - 1) level' ΔF / φ - [a vote] ln g / φ),
///
/// level' being the level before the surge, allowed for what is not known of it. Calm is R >= 5 and an hour after the
/// start. g follows the window that fired, so that a surge ends at its own scale: while the rate exceeds
/// (g - 1) / ln g times normal, 1.2 to 2 in most cases, R falls back and the alert stays.
class SurgeJudge {
 public:
  struct Verdict {
    std::optional<Score> alarm;  ///< the strongest score, above the threshold
    bool escalated = false;      ///< a second, larger surge in an open one
  };

  /// A vote at `now`: `scores` are the windows that end with it, none where it is not judged.
  Verdict hear(std::int64_t now, const std::vector<Score>& scores, const AlarmThreshold&, const SeriesBaseline&,
               SharedBaseline&, std::size_t series);
  /// The alarm is told of: the surge is open.
  void open(std::int64_t now, const Score&, AlarmThreshold&, SeriesBaseline&, SharedBaseline&, std::size_t series);
  /// A vote at `at` is taken back.
  void take_back(std::int64_t at, const SeriesBaseline&, const SharedBaseline&, std::size_t series);
  /// Time alone, up to `now`, within the open hour.
  void pass(std::int64_t now, const SeriesBaseline&, const SharedBaseline&, std::size_t series);
  /// An hour of the series is over: episodes end.
  void close_hour(std::int64_t hour, AlarmThreshold&);

  bool open() const { return open_; }
  bool calm(std::int64_t now, const SurgeModel&) const;
  /// It has lasted so long that its rate is the level from now on.
  bool lasts(std::int64_t now) const;
  std::optional<double> level() const { return open_ ? std::optional(level_) : std::nullopt; }

  void end_calm(SeriesBaseline&, SharedBaseline&, std::size_t series);
  void end_accepted(std::int64_t now, SeriesBaseline&);
  void abandon() { open_ = false; }
  void resume() { open_ = true; }  ///< after abandon(): it was told of after all

  /// No window may begin before it (ms): what is older belongs to a surge that is over.
  std::int64_t mask() const { return mask_; }
  SurgeSums& sums() { return sums_; }
  const SurgeSums& sums() const { return sums_; }

  void save(BlobWriter&) const;
  void load(BlobReader&);

 private:
  double needed_evidence(const SurgeModel&) const;
  void follow(const Score&, const SeriesBaseline&, const SharedBaseline&, std::size_t series);
  Verdict judge_open(std::int64_t now, const std::vector<Score>&, const Score* best, const AlarmThreshold&,
                     const SeriesBaseline&, const SharedBaseline&, std::size_t series);

  SurgeSums sums_;
  std::int64_t mask_ = INT64_MIN / 2;
  /// An episode of scores above the watched one that was no alert.
  bool episode_ = false;
  double episode_peak_ = 0.0;
  std::int64_t episode_end_ = 0;
  std::int64_t episode_mask_ = INT64_MIN / 2;
  /// The open surge.
  bool open_ = false;
  std::int64_t opened_ = 0;
  std::int64_t from_ = 0;  // where the window that fired began
  double accept_hours_ = 0.0;
  double level_ = 0.0;  // before it
  double test_level_ = 0.0;
  double limit_ = 0.0;     // the threshold it was over
  double peak_ = 0.0;      // the largest score
  double ratio_ = 1.0;     // of its window: count over mean
  double rival_ = 2.0;     // g
  double evidence_ = 0.0;  // R
  std::int64_t passed_ = 0;
  std::int64_t zero_ = 0;  // when R was last 0
  double votes_ = 0.0;     // in the surge, decayed, and what was expected
  double expected_ = 0.0;
  std::int64_t told_ = 0;  // the last time it was told of: windows of a second surge begin after it
};

}  // namespace tapewatch::alerts
