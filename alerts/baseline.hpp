#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/negative_binomial.hpp"

namespace tapewatch::alerts {

class BlobReader;
class BlobWriter;

inline constexpr std::size_t kHoursOfWeek = 168;
inline constexpr std::size_t kMaxWindows = 8;

/// The hour of the week in UTC, 0 = Monday 00:00, of an hour counted from the epoch (a Thursday).
std::size_t hour_of_week(std::int64_t hour);

/// A seasonal factor and how little is known of it: relative variance.
struct Factor {
  double mean = 1.0;
  double variance = 0.0;
};

/// Constants of the model. Counts are stories; the prior strengths say how many stories of evidence outweigh the prior.
struct BaselineModel {
  double level_decay = 0.99794;      ///< per learned hour: half-life 14 days
  double season_decay = 0.9;         ///< per visit of an hour of the week: half-life 6.6 weeks
  double hour_of_day_prior = 2.0;    ///< towards flat
  double day_kind_prior = 1.0;       ///< (weekday or weekend) x hour, towards hour of day: weak, weekends differ much
  double hour_of_week_prior = 8.0;   ///< towards day kind x hour: weekdays are much alike
  double series_season_prior = 6.0;  ///< a series' own factor towards its rule's
  double level_prior = 0.5;          ///< a series' level towards the mean of its rule's series: weak, they differ much
  double dispersion_prior = 20.0;    ///< expected stories after which a rule's dispersion counts as much as the start
  double dispersion_start = 1.5;
  double series_dispersion_prior = 20.0;  ///< a series' dispersion towards its rule's
  double winsor_tail = 1e-3;              ///< an hour's count teaches at most what it reaches with this probability
};

/// What a rule's series have in common: the weekly rhythm of their sum, their mean level, their dispersion. Counts are
/// decayed sums, so all estimates are ratios of them.
class SharedBaseline {
 public:
  explicit SharedBaseline(std::size_t windows, BaselineModel model = {});

  /// An hour is over: what its series taught together. `squares[w]`: Σ (y - μ)² over buckets of window w.
  void learn(std::int64_t hour, double count, double expected, std::span<const double> squares);
  /// A late story of an hour that was learned.
  void amend(std::int64_t hour);

  const Factor& factor(std::int64_t hour) const { return factors_[hour_of_week(hour)]; }
  double rate() const;  ///< stories an hour of all series together at factor 1
  double dispersion(std::size_t window) const;
  std::size_t windows() const { return windows_; }
  std::uint64_t hours_learned() const { return hours_learned_; }
  const BaselineModel& model() const { return model_; }

  void save(BlobWriter&) const;
  void load(BlobReader&);

 private:
  void refit();

  BaselineModel model_;
  std::size_t windows_;
  double count_ = 0.0;
  double exposure_ = 0.0;
  double expected_ = 0.0;
  std::array<double, kMaxWindows> squares_{};
  std::array<double, kHoursOfWeek> slot_count_{};
  std::array<double, kHoursOfWeek> slot_hours_{};
  std::uint64_t hours_learned_ = 0;
  std::array<Factor, kHoursOfWeek> factors_{};  // from the above
};

/// The expected counts of one series.
///
/// rate(t) = level x factor(hour of week). The level is a Gamma posterior: decayed count and exposure of the series,
/// with the mean of the rule's series as a weak prior; the factor is the rule's, refined by the series' own hours as
/// they come in (conjugate Gamma shrinkage at each step: flat -> hour of day -> day kind -> hour of week -> series).
/// The dispersion is max(1, Σ (y - μ)² / Σ μ), per window length because news clumps within the hour, shrunk to the
/// rule's. What is not known yet widens the predictive distribution instead of being guessed: its variance is
/// φ μ + μ² (var level + var factor), which is a Gamma mixture of Poissons, hence negative binomial again.
/// An hour teaches at most its `winsor_tail` quantile, so that an outbreak does not become normal.
class SeriesBaseline {
 public:
  /// What an hour added, for the rule's sums.
  struct Lesson {
    double count = 0.0;
    double expected = 0.0;
    std::array<double, kMaxWindows> squares{};
  };

  /// Learns a closed hour; `minutes` are its counts, nullptr: none. `windows` in minutes.
  Lesson learn(std::int64_t hour, const std::array<std::uint32_t, 60>* minutes, const SharedBaseline&,
               std::size_t series, std::span<const int> windows);
  /// A late story of an hour that was learned; `in_hour` is that hour's count now. False: over the winsor limit.
  bool amend(std::int64_t hour, std::uint64_t in_hour, const SharedBaseline&, std::size_t series);

  /// The count to expect in the minutes [from, to], with the dispersion of window number `window`. `series`: how many
  /// the rule has; the only one of its rule has the shared rhythm already.
  CountDistribution predict(std::int64_t from, std::int64_t to, std::size_t window, const SharedBaseline&,
                            std::size_t series) const;

  std::int64_t from_hour() const { return from_hour_; }  ///< first and one past the last hour learned; 0, 0: none
  std::int64_t to_hour() const { return to_hour_; }

  void save_level(BlobWriter&, std::size_t windows) const;
  void load_level(BlobReader&, std::size_t windows);
  void save_season(BlobWriter&) const;
  void load_season(BlobReader&);

 private:
  struct Level {
    double rate;
    double variance;  ///< relative
  };
  Level level(const SharedBaseline&, std::size_t series) const;
  Factor factor(std::int64_t hour, const Level&, const SharedBaseline&, std::size_t series) const;
  double dispersion(std::size_t window, const SharedBaseline&) const;

  double count_ = 0.0;
  double exposure_ = 0.0;
  double expected_ = 0.0;
  std::array<double, kMaxWindows> squares_{};
  std::int64_t from_hour_ = 0;
  std::int64_t to_hour_ = 0;
  std::vector<float> slot_count_;  // empty until the first hour is learned
  std::vector<float> slot_hours_;
};

}  // namespace tapewatch::alerts
