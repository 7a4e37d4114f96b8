#pragma once
#include <array>
#include <cstdint>
#include <optional>

#include "alerts/detector/alert_state.hpp"
#include "alerts/detector/series_baseline.hpp"

namespace tapewatch::alerts {

/// How long documents keep one waiting: the tail of the gaps between them, in units of expected stories. Gaps of a
/// Poisson process exceed x with probability e^-x; news come in clumps, so that their gaps are longer. Peaks over a
/// threshold u (Davison and Smith 1990) with an exponential excess:
///
///     P(gap > x) = q exp(-(x - u) / m)
class GapTail {
 public:
  void hear(double gap);
  /// q and m, drawn to `prior` where little was heard; without one to what Poisson's would be, m somewhat longer.
  double exceedance(const GapTail* prior) const;
  double excess(const GapTail* prior) const;

  void save(BlobWriter&) const;
  void load(BlobReader&);

  static constexpr double kThreshold = 2.0;  // u

 private:
  double gaps_ = 0.0;  // decayed
  double long_ = 0.0;  // of them, those longer than u
  double beyond_ = 0.0;
};

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
/// gap, from what is known then: its level, its rhythm (an hour expects the lower end of what its factor may be, so
/// that an hour of the week that nobody knows yet expects nothing) and the tail of its gaps. Of N series that can be
/// judged, each takes the N-th part of the rule's budget:
///
///     168 level P(gap > x) = budget a week / N,     x = ln(1 + v y) / v
///
/// y being the expected stories that it takes, v what is not known of the rate (relative variance): a Gamma-mixed rate
/// stays silent through y with the probability of x. v is that of the level and its drift, and the clumping of an hour,
/// of which w hours of silence keep the w-th part. Gaps are heard in the same units. No series is judged by more than
/// four weeks of silence.
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
  enum class Season { mean, low };
  double factor(std::int64_t hour, const Known&, Season) const;
  double expected(const GapSeries&, const Known&, std::int64_t now, Season) const;
  /// v of a silence of `hours` hours; x of a silence that expected `stories` in them.
  double unknown(const Known&, double hours) const;
  double length(const Known&, double stories, double hours) const;
  void set_limit(GapSeries&, const Known&, std::size_t judged) const;

  double budget_;
  std::int64_t watched_from_ = INT64_MIN / 2;
  std::array<Factor, kHoursOfWeek> rhythm_{};
  GapTail tail_;
};

}  // namespace tapewatch::alerts
