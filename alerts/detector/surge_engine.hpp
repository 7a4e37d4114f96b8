#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "alerts/detector/negative_binomial.hpp"
#include "alerts/detector/surge_judge.hpp"
#include "alerts/rules/rule_options.hpp"

namespace tapewatch::alerts {

/// What the engine knows of one series.
struct SurgeSeries {
  SeriesBaseline baseline;
  SurgeJudge judge;
  ChanceRate chance = AlarmThreshold::nothing();  ///< its part of the expected false alarms
};

/// The statistics of one rule: counts in, alarms out. Knows votes, hours and minutes of event time; what a vote is, and
/// what becomes of an alarm, is its owner's. Owned by one thread. Series are touched by their votes and while they are
/// open; the rule itself once an hour.
class SurgeEngine {
 public:
  SurgeEngine(std::span<const int> window_minutes, std::size_t min_stories, double budget_a_week);
  explicit SurgeEngine(const RuleOptions&, const SurgeModel& = {});

  /// In minutes, ascending, each once.
  const std::vector<ScanWindow>& windows() const { return windows_; }

  /// The first hour; what comes before it is not watched.
  void start(std::int64_t hour) { shared_.start(hour); }
  bool started() const { return shared_.started(); }
  std::int64_t hour() const { return shared_.hour(); }

  /// A series that was not heard of before.
  void add(SurgeSeries&);
  void remove(const SurgeSeries&);
  std::size_t series() const { return series_; }

  /// A vote at `at` (ms), when the clock shows `now`. False: too old to be counted.
  bool count(SurgeSeries&, std::int64_t at, std::int64_t now);
  /// What that vote means: to be called after count(), for a vote within the last three hours.
  SurgeJudge::Verdict judge(SurgeSeries&, std::int64_t at, std::int64_t now);
  /// The strongest alarm of the hours around `at`, long past.
  std::optional<Score> judge_past(SurgeSeries&, std::int64_t at);
  void open(SurgeSeries&, std::int64_t now, const Score&);
  /// A vote that was counted at `at` is taken back, or one counted there in its place: in the windows that are open.
  /// What was learned stays.
  void take_back(SurgeSeries&, std::int64_t at);
  void put_back(SurgeSeries&, std::int64_t at);
  /// Time alone for an open series, at most to the end of the open hour.
  void pass(SurgeSeries&, std::int64_t now);

  /// The open hour is over. `active`: the series that had votes in it or are open, in a fixed order.
  void close_hour(std::span<SurgeSeries* const> active);
  void unwatch(bool silent) { shared_.unwatch(silent); }
  void skip_to(std::int64_t hour) { shared_.skip_to(hour); }

  void touch(SurgeSeries&);
  std::optional<Score> reading(const SurgeSeries&, int window_minutes, std::int64_t now) const;
  /// What judge() would say of a vote at `now`, window by window, and what the sums say.
  struct Explained {
    std::vector<SurgeScan::Explained> windows;
    std::vector<Score> sums;
  };
  Explained explain(const SurgeSeries&, std::int64_t now) const;

  /// What is expected of windows of that length at those ends (ms), as far as the series knows: nothing is judged.
  std::vector<std::optional<CountDistribution>> expected(const SurgeSeries&, int window_minutes,
                                                         std::span<const std::int64_t> ends) const;

  SharedBaseline& shared() { return shared_; }
  const SharedBaseline& shared() const { return shared_; }
  const AlarmThreshold& threshold() const { return threshold_; }
  void fix_threshold(double value) { threshold_.fix(value); }  ///< for calibration

  /// Stored in two parts: small sums that touches change, and the rest, which changes by the hour.
  void save_sums(BlobWriter&) const;
  void load_sums(BlobReader&);
  void save(BlobWriter& out) const { shared_.save(out); }
  void load(BlobReader& in) { shared_.load(in); }

 private:
  /// A reading changes nothing: the touch that it needs is a copy's.
  template <class Use>
  auto look(const SurgeSeries&, double min_count, const Use&) const;
  void weigh(SurgeSeries&);
  bool in_open_window(std::int64_t at) const;

  std::vector<ScanWindow> windows_;
  double min_stories_;
  SharedBaseline shared_;
  AlarmThreshold threshold_;
  std::size_t series_ = 0;
  std::vector<Score> scores_;  // of the latest vote; kept for its memory
};

}  // namespace tapewatch::alerts
