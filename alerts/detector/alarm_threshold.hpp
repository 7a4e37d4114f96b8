#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "alerts/detector/shared_baseline.hpp"

namespace tapewatch::alerts {

/// How often a surge-free series exceeds a score t by chance: exp(height - slope (t - 2)) times a week.
struct ChanceRate {
  double height = 0.0;
  double slope = 1.0;
  double log_rate(double score) const { return height - slope * (score - 2.0); }
};

/// One of `series` of a rule.
struct ChanceOf {
  double level = 0.0;       ///< votes an hour
  double dispersion = 1.0;  ///< over a day
  std::size_t min_stories = 0;
  std::size_t series = 1;
  double least_clumping = 0.0;  ///< SurgeModel's
};

/// Measured with this detector on series of 0.006 to 50 an hour, Poisson and in clumps (tests/bench/detection/): clumps
/// of sparse series have a heavy tail.
ChanceRate chance_rate(const ChanceOf&);

/// The score above which a rule alerts: t*, where the chance rates of its series add up to its budget.
///
/// A rule of many series corrects t* by what it sees: episodes of scores above u < t that were no alerts, and as many
/// alerts as three budgets allow, are counted, and their excess over u gives the slope. A single series uses t* alone,
/// and up to eleven sparse ones never raise it: their own past surges would make them deaf.
class AlarmThreshold {
 public:
  explicit AlarmThreshold(double budget_a_week) : budget_(budget_a_week) {}

  double value() const { return fixed_ ? *fixed_ : threshold_; }
  void fix(double value) { fixed_ = value; }  ///< for calibration: the budget is not asked any more
  /// Episodes above it are counted.
  double watched() const { return watched_; }

  /// A series' rate changed; a rate of no series is that of `nothing()`.
  void replace(const ChanceRate& before, const ChanceRate& now);
  static ChanceRate nothing() { return {-1e3, 0.0}; }
  void hear_episode(double peak);
  void hear_alert(double score);
  /// `level`: of the mean series, votes an hour.
  void close_hour(std::size_t series, double level);

  void save(BlobWriter&) const;
  void load(BlobReader&);

 private:
  void refit(std::size_t series, double level);

  double budget_;
  std::optional<double> fixed_;
  static constexpr std::size_t kGrid = 6;
  double log_rate(double score) const;     // of all series
  double score_at(double log_rate) const;  // where it is that
  std::array<double, kGrid> rates_{};      // at scores of 0, 2, 4, …
  double threshold_ = -1.5;
  double watched_ = -3.0;
  bool fitted_ = false;
  double weeks_ = 0.0;
  double episodes_ = 0.0;
  double excess_ = 0.0;
  double alerts_ = 0.0;
  double alert_excess_ = 0.0;
};

}  // namespace tapewatch::alerts
