#pragma once
#include <array>
#include <cstdint>
#include <optional>

#include "alerts/detector/alert_state.hpp"
#include "alerts/detector/gap_tail.hpp"
#include "alerts/detector/series_baseline.hpp"

namespace tapewatch::alerts {

/// What is known of the silence of one series.
struct GapSeries {
  static constexpr std::int64_t kNever = INT64_MAX;
  std::int64_t heard = 0;       ///< ms; event time when its last document came
  double level = 0.0;           ///< stories an hour at that moment
  std::int64_t due = kNever;    ///< the minute from which on silence is an alarm
  std::int64_t opened = 0;      ///< ms; when the open alert was
  double open_for_hours = 0.0;  ///< after which silence is normal
  GapTail tail;

  /// So long that silence is what is to be expected.
  bool lasts(std::int64_t now) const { return static_cast<double>(now - opened) >= open_for_hours * 3.6e6; }

  void save(BlobWriter&) const;
  void load(BlobReader&);
};

/// Tells for how long each series of a rule may be silent. The limit of a series is computed when a document ends its
/// gap, from what is known then: its level, its rhythm (an hour of the week that nobody knows yet expects nothing) and
/// the tail of its gaps. Of N series that can be judged, each takes the N-th part of the rule's budget:
///
///     168 level P(gap > x) = 0.9 budget a week / N,     x = ln(1 + v y) / v
///
/// y being the expected stories that it takes, v what is not known of the rate (relative variance): a Gamma-mixed rate
/// stays silent through y with the probability of x. v is that of the level and its drift, that of the hours' factors,
/// and the clumping of an hour, of which w hours of silence keep the w-th part. Gaps are heard in the same units, for
/// eight weeks or 2,000 gaps, whichever is longer. No series is judged by more than four weeks of silence.
///
/// Time that nobody watched does not count as silence.
class GapWatch {
 public:
  explicit GapWatch(double budget_a_week) : budget_(budget_a_week) {}

  /// What the scan knows of a series and its rule.
  struct Known {
    const SeriesBaseline& baseline;
    const SharedBaseline& shared;
    std::size_t series;
  };

  /// An hour opens: what is expected of the hours to come.
  void open_hour(const SharedBaseline&);
  /// Event time jumped to `now` (ms): what came before was not watched.
  void jump(std::int64_t now) { watched_from_ = now; }
  bool watched(const GapSeries& gap) const { return gap.heard >= watched_from_; }

  /// A document: the gap is over, the next one begins. `judged`: series with a limit.
  void hear(GapSeries&, const Known&, std::size_t judged, std::int64_t now);
  /// The gap begins anew where watching does.
  void rearm(GapSeries&, const Known&, std::size_t judged);
  /// The silence of a series up to `now`.
  Reading reading(const GapSeries&, const Known&, std::size_t judged, std::int64_t now) const;

  /// Stored in two parts: what each document changes, and what each hour does.
  void save_sums(BlobWriter&) const;
  void load_sums(BlobReader&);
  void save(BlobWriter&) const;
  void load(BlobReader&);

 private:
  /// Hours of silence, and what the rhythm says of them: the sum of their factors, and of factor² x variance.
  struct Wait {
    double hours = 0.0;
    double factor = 0.0;
    double rough = 0.0;
    void add(const Factor& of_hour, double part);
  };
  /// The factor of an hour; 0 where it is not known.
  Factor factor(std::int64_t hour, const Known&) const;
  Wait wait(const GapSeries&, const Known&, std::int64_t now) const;
  /// v and x of a silence.
  double unknown(const Known&, const Wait&) const;
  double length(const GapSeries&, const Known&, const Wait&) const;
  /// P(gap > x) at the limit.
  double share(const GapSeries&, std::size_t judged) const;
  const GapTail* prior(const Known& known) const { return known.series > 1 ? &tail_ : nullptr; }
  void set_limit(GapSeries&, const Known&, std::size_t judged) const;

  double budget_;
  std::int64_t watched_from_ = INT64_MIN / 2;
  std::array<Factor, kHoursOfWeek> rhythm_{};
  GapTail tail_;  // of all series
};

}  // namespace tapewatch::alerts
