#pragma once
#include <cstdint>
#include <memory>
#include <vector>

namespace tapewatch::bench {

/// A series within an hour.
struct HourSoFar {
  std::int64_t hour = 0;  ///< since 1970
  std::int64_t now_ms = 0;
  double count = 0.0;       ///< since its start
  double mean = 0.0;        ///< expected since its start
  double full_mean = 0.0;   ///< expected of the whole hour
  double level = 0.0;       ///< stories an hour, averaged over the week
  double dispersion = 1.0;  ///< variance over mean
};

/// A detector of the literature, for some number of series. It gives a statistic; an alarm is a statistic above a
/// threshold, and lasts until the statistic is back below `calm()`.
class Rival {
 public:
  virtual ~Rival() = default;
  virtual const char* name() const = 0;
  virtual double calm() const = 0;
  virtual std::int64_t step_hours() const { return 1; }  ///< it looks at whole steps only
  virtual double at_story(std::size_t series, const HourSoFar&) = 0;
  virtual double at_hour_end(std::size_t series, const HourSoFar&) = 0;
};

/// Every rival of the tables.
std::vector<std::unique_ptr<Rival>> all_rivals(std::size_t series);

/// NB-CUSUM of hourly counts [Hoehle and Paul 2008] against a rise by max(least, deviations sd of an hour), read at
/// each story as well.
std::unique_ptr<Rival> nb_cusum(std::size_t series, const char* name, double least, double deviations);

/// Largest -ln P(count or more), negative binomial, of windows of 15 min, 1, 3, 8, 24, 72 and 168 h that end now.
std::unique_ptr<Rival> nb_scan(std::size_t series);

/// EWMA of the residuals of the seasonal mean, over its standard deviation; weight 0.1 an hour.
std::unique_ptr<Rival> seasonal_ewma(std::size_t series);

/// EARS C2 [Hutwagner 2003]: mean and standard deviation of seven steps, two steps ago. By day, or by hour against the
/// same hour of seven days.
std::unique_ptr<Rival> ears_c2(std::size_t series, bool daily);

/// Log odds of the raised state of a two-state hidden Markov chain with negative binomial counts an hour.
std::unique_ptr<Rival> hidden_markov(std::size_t series);

/// ln P(Y >= count) of a negative binomial with variance ratio x mean, for a count above the mean.
double log_upper_tail(double count, double mean, double ratio);

/// Log likelihood ratio of a count: mean times `factor` against the mean, negative binomial of one size.
double log_likelihood_ratio(double count, double mean, double factor, double dispersion);

}  // namespace tapewatch::bench
