#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/detector/negative_binomial.hpp"

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
  double day_kind_prior = 0.4;       ///< weekdays against weekends: next to nothing is known beforehand
  double kind_hour_prior = 4.0;      ///< (weekday or weekend) x hour, towards the product of both
  double hour_of_week_prior = 8.0;   ///< towards day kind x hour: weekdays are much alike
  double series_season_prior = 6.0;  ///< a series' own factor towards its rule's
  double level_prior = 0.5;          ///< a series' level towards the mean of its rule's series: weak, they differ much
  double silence_credit = 1.0;     ///< silence before a series' first document counts, up to this many expected stories
  double dispersion_prior = 10.0;  ///< weight after which a rule's dispersion counts as much as the start
  double dispersion_start = 1.5;
  double series_dispersion_prior = 10.0;  ///< a series' dispersion towards its rule's
  double clumping_prior = 5.0;            ///< hours of evidence that outweigh none, at the rule and at the series
  int dispersion_after_hours = 8;         ///< of a series: before, an unknown level would pass for dispersion
  double winsor_tail = 1e-3;              ///< an hour's count teaches at most what it reaches with this probability
};

/// What an hour added to a series, or to all series of a rule.
struct Lesson {
  double count = 0.0;                        ///< of stories, winsorised
  std::array<double, kMaxWindows> spread{};  ///< weighted estimates of the dispersion, for each window's length
  std::array<double, kMaxWindows> weight{};  ///< their weights: about the expected stories, at most half a bucket
  double clumping = 0.0;                     ///< weighted estimate of the share of the squared mean in the variance
  double clumping_weight = 0.0;
};

/// What a rule's series have in common: the weekly rhythm of their sum, their mean level, their dispersion. Counts are
/// decayed sums, so all estimates are ratios of them.
class SharedBaseline {
 public:
  explicit SharedBaseline(std::size_t windows, BaselineModel model = {});

  /// An hour is over: what its series taught together.
  void learn(std::int64_t hour, const Lesson& sum);
  /// A late story of an hour that was learned.
  void amend(std::int64_t hour);

  const Factor& factor(std::int64_t hour) const { return factors_[hour_of_week(hour)]; }
  double rate() const;  ///< stories an hour of all series together at factor 1
  double dispersion(std::size_t window) const;
  double clumping() const;
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
  std::array<double, kMaxWindows> spread_{};
  std::array<double, kMaxWindows> weight_{};
  double clumping_ = 0.0;
  double clumping_weight_ = 0.0;
  std::array<double, kHoursOfWeek> slot_count_{};
  std::array<double, kHoursOfWeek> slot_hours_{};
  std::uint64_t hours_learned_ = 0;
  std::array<Factor, kHoursOfWeek> factors_{};  // from the above
};

/// The expected counts of one series.
///
/// rate(t) = level x factor(hour of week). The level is a Gamma posterior: decayed count and exposure of the series,
/// with the mean of the rule's series as a weak prior; the factor is the rule's, refined by the series' own hours as
/// they come in (conjugate Gamma shrinkage at each step: flat -> hour of day -> kind of day -> hour of week -> series).
/// The dispersion is max(φ, 1 + α μ): φ estimated per window length because news clumps within the hour, α because busy
/// hours vary in proportion; both from squared residuals, shrunk to the rule's. What is not known yet widens the
/// predictive distribution instead of being guessed: its variance is φ μ + μ² (var level + var factor), which is a
/// Gamma mixture of Poissons, hence negative binomial again. An hour teaches at most its `winsor_tail` quantile, so
/// that an outbreak does not become normal.
class SeriesBaseline {
 public:
  /// `silent_hours`: how long the rule was watched before the series was first heard of. A series that was not heard
  /// while others were is likely quieter than their mean; but it may also be new to the watch list, so this counts for
  /// little.
  explicit SeriesBaseline(double silent_hours) : silent_hours_(silent_hours) {}
  SeriesBaseline() = default;

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
    double spread;    ///< stories that tell as much as one independent one
  };
  Level level(const SharedBaseline&, std::size_t series) const;
  Factor factor(std::int64_t hour, const Level&, const SharedBaseline&, std::size_t series) const;
  double dispersion(std::size_t window, double mean, const SharedBaseline&) const;
  double worth(const SharedBaseline&) const;

  double silent_hours_ = 0.0;
  double count_ = 0.0;
  double exposure_ = 0.0;
  std::array<double, kMaxWindows> spread_{};
  std::array<double, kMaxWindows> weight_{};
  double clumping_ = 0.0;
  double clumping_weight_ = 0.0;
  std::int64_t from_hour_ = 0;
  std::int64_t to_hour_ = 0;
  std::vector<float> slot_count_;  // empty until the first hour is learned
  std::vector<float> slot_hours_;
};

}  // namespace tapewatch::alerts
