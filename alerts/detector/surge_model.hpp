#pragma once
#include <algorithm>
#include <array>
#include <cstddef>

namespace tapewatch::alerts {

inline constexpr std::size_t kHoursOfWeek = 168;
inline constexpr std::size_t kScales = 8;

/// The lengths at which the dispersion is known, in hours: 5 min, 15 min, 1 h, 3 h, 8 h, 24 h, 72 h, 168 h.
inline constexpr std::array<double, kScales> kScaleHours = {1.0 / 12, 0.25, 1, 3, 8, 24, 72, 168};
inline constexpr std::size_t kHourScale = 2;
inline constexpr std::size_t kClumpScale = 3;  ///< three hours: a clump of stories is over by then
inline constexpr std::size_t kDayScale = 5;
inline constexpr std::size_t kHourLessons = 3;  ///< scales that are learned within an hour

/// The constants of the detector's model, one set for every rule. Counts are votes; the strengths of priors say how
/// many votes of evidence outweigh them. Half-lives are of event time.
struct SurgeModel {
  /// Level: a decayed count over a decayed exposure.
  double level_votes = 60.0;        ///< votes that a level remembers, about,
  double level_shortest_days = 10;  ///< within these half-lives
  double level_longest_days = 60;
  double level_prior = 0.5;     ///< votes towards the mean of the rule's series
  double silence_credit = 1.0;  ///< expected votes of silence before a series' first row that count
  double tested_after = 1.0;    ///< hours of exposure before which nothing is tested
  double young_exposure = 336;  ///< hours during which the unknown rhythm widens what is expected
  /// Season: Gamma shrinkage flat -> hour of day -> day kind -> hour in that kind -> hour of week -> series.
  double season_decay = 0.95;  ///< per visit of an hour of the week
  double hour_of_day_prior = 0.5;
  double day_kind_prior = 0.4;
  double kind_hour_prior = 4.0;
  double hour_of_week_prior = 8.0;
  double series_season_prior = 6.0;
  /// Dispersion φ per scale, and α, the share of the squared mean; drift, how far a level is off from one day to
  /// another.
  double dispersion_start = 1.3;
  double dispersion_prior = 10.0;
  double clumping_prior = 5.0;
  double slow_decay = 0.99985;   ///< per hour: half-life 28 weeks
  double least_clumping = 0.25;  ///< φ - 1 that a sparse series has at least: it cannot show that it has no clumps
  double least_surprise = 2.0;   ///< votes beyond mean and deviations that teach a sparse series no dispersion
  double drift_start = 0.01;     ///< relative variance
  double drift_prior = 10.0;
  double drift_least = 0.007;
  double drift_most = 0.06;
  double drift_of_surge = 0.01;
  double dispersed_after = 8.0;  ///< hours of exposure before which no dispersion is learned
  /// What is judged beside the windows.
  bool sums = true;          ///< accumulating sums
  double naive_hours = 8.0;  ///< the longest window whose mean is at least the count of the same hours before
  /// What an outbreak may teach.
  int season_delay = 23;       ///< hours after which an hour teaches the season
  int dispersion_delay = 144;  ///< and the dispersion, once the rule is two weeks old
  double accept_days = 21.0;   ///< an open alert's rate becomes the level after at most so long
  /// The life of an alert.
  double calm_evidence = 5.0;      ///< log-likelihood ratio of normal against surge that ends an alert
  double escalation_margin = 2.3;  ///< a second surge inside an alert: a tenth of the budget
};

/// 1 for a series of which nearly nothing is heard, 0 from five votes a day on; `level` in votes an hour.
inline double sparseness(double level) { return std::max(0.0, 1.0 - 24.0 * level / 5.0); }

}  // namespace tapewatch::alerts
