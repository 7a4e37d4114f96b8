// Tested by tests/alerts/detector/surge_engine_test.cpp
#include "alerts/detector/alarm_threshold.hpp"

#include <algorithm>
#include <cmath>

#include "alerts/detector/blob.hpp"
#include "alerts/detector/elementary.hpp"

namespace tapewatch::alerts {
namespace {

constexpr double kRateWeight = 6.0;    // episodes of evidence that outweigh the table
constexpr double kSlopeWeight = 20.0;  // and the slope 1
constexpr double kEpisodesMiss = 1.4;  // episodes hide one another
constexpr double kMostAlerts = 3.0;    // budgets' worth of alerts taken for chance
constexpr double kFurthest = 1.5;      // from the table, for 30 series and more
constexpr double kLnThirty = 3.4;
constexpr double kLowest = -2.5;
constexpr double kYoung = 0.8;
constexpr double kFall = 0.02;  // an hour
constexpr double kDecay = 0.99984;
constexpr double kWatchedRate = 2.5;  // episodes a week that are enough to learn from
constexpr double kLnEleven = 2.4;

/// How much a series is in clumps: 1 for the dispersion that is learned of clumps of two (φ = 2), `rate` in decades
/// above 0.006 an hour. Sparse series learn little of it, one of them alone next to nothing, and is taken to be
/// clumped.
double clumpedness(const ChanceOf& of, double rate) {
  constexpr double kMostClumped = 1.15;
  const double least = 1.0 + of.least_clumping * sparseness(of.level);
  const double above = natural_log(std::max(of.dispersion / least, 1.0)) / natural_log(2.5);
  const double unit = rate < 0.52   ? 0.15 - 0.07 * std::max(rate, 0.0) / 0.52
                      : rate < 1.22 ? 0.08 + 0.12 * (rate - 0.52) / 0.7
                                    : 0.2 + 0.8 * std::min(1.0, rate - 1.22);
  const double unknown = std::clamp(std::min(rate / 0.52, 1.0 - 0.5 * (rate - 0.52) / 0.7), 0.0, 1.0);
  const double least_clumped = kMostClumped * unknown / static_cast<double>(std::max<std::size_t>(of.series, 1));
  return std::clamp(above / unit, least_clumped, kMostClumped + 0.35 * std::clamp(rate - 1.22, 0.0, 1.0));
}

}  // namespace

ChanceRate chance_rate(const ChanceOf& of) {
  const double rate = natural_log(std::clamp(of.level, 0.003, 100.0) / 0.006) / 2.302585092994046;
  const double clumped = clumpedness(of, rate);
  const double few = of.min_stories <= 2   ? 1.0
                     : of.min_stories >= 5 ? 0.0
                                           : (5.0 - static_cast<double>(of.min_stories)) / 3.0;
  const double plain = -2.0 - 0.15 * std::max(0.0, rate - 1.0) + few * std::max(0.0, 0.6 - 0.15 * rate);
  // Clumps tell of themselves least where they are neither rare nor many: about one a day.
  const double about_a_day = 0.6 * std::max(0.0, 1.0 - std::abs(rate - 0.9) / 0.9);
  const double in_clumps =
      -0.9 - 0.2 * rate - std::clamp(rate - 2.0, 0.0, 1.0) + about_a_day + few * std::max(0.0, 0.3 - 0.1 * rate);
  // At some two votes a day chance makes pairs of clumps, which a loose budget must allow for and a tight one need not.
  const double pairs = 0.08 * std::max(0.0, 1.0 - std::abs(rate - 1.22) / 0.5);
  const double slope_in_clumps = std::clamp(0.38 + 0.27 * rate, 0.66, 1.2) + pairs;
  ChanceRate out;
  out.height = plain + clumped * (in_clumps - plain) - 2.0;
  out.slope = std::max(0.3, 1.2 + clumped * (slope_in_clumps - 1.2));
  return out;
}

void AlarmThreshold::replace(const ChanceRate& before, const ChanceRate& now) {
  for (std::size_t i = 0; i < kGrid; ++i) {
    const double score = 2.0 * static_cast<double>(i);
    rates_[i] = std::max(0.0, rates_[i] + exponential(now.log_rate(score)) - exponential(before.log_rate(score)));
  }
}

double AlarmThreshold::log_rate(double score) const {
  const auto i = static_cast<std::size_t>(std::clamp(score / 2.0, 0.0, static_cast<double>(kGrid - 2)));
  const double low = natural_log(std::max(rates_[i], 1e-12)), high = natural_log(std::max(rates_[i + 1], 1e-12));
  return low + (high - low) * (score / 2.0 - static_cast<double>(i));
}

double AlarmThreshold::score_at(double rate) const {
  double low = -3.0, high = 40.0;
  for (int i = 0; i < 50; ++i) {
    const double middle = 0.5 * (low + high);
    (log_rate(middle) > rate ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

void AlarmThreshold::hear_episode(double peak) {
  episodes_ += 1.0;
  excess_ += std::min(peak, value()) - watched_;
}

void AlarmThreshold::hear_alert(double score) {
  (void)score;
  alerts_ += 1.0;
  alert_excess_ += std::max(threshold_ - watched_, 0.0);
}

void AlarmThreshold::close_hour(std::size_t series, double level) {
  weeks_ = weeks_ * kDecay + 1.0 / 168.0;
  for (double* sum : {&episodes_, &excess_, &alerts_, &alert_excess_}) *sum *= kDecay;
  refit(series, level);
}

void AlarmThreshold::refit(std::size_t series, double level) {
  const double table = score_at(natural_log(budget_));
  const double wanted = std::max(-3.0, std::min(table - 2.0, score_at(natural_log(kWatchedRate))));
  if (!fitted_ || wanted > watched_ + 0.5 || wanted < watched_ - 0.5) {
    weeks_ *= fitted_ ? exponential(watched_ - wanted) : 1.0;  // as many episodes above it in another time
    watched_ = wanted;
  }
  const double expected = std::max(exponential(log_rate(watched_)), budget_);
  const double chance = std::min(alerts_, kMostAlerts * budget_ * weeks_) / std::max(alerts_, 1e-9);
  const double rate =
      (kEpisodesMiss * (episodes_ + alerts_ * chance) + kRateWeight) / (weeks_ + kRateWeight / expected);
  const double slope =
      std::clamp((episodes_ + kSlopeWeight) / (excess_ + alert_excess_ * chance + kSlopeWeight), 0.4, 1.3);
  const double log_series = natural_log(static_cast<double>(std::max<std::size_t>(series, 1)));
  const double below = kFurthest * std::min(1.0, log_series / kLnThirty);
  const double over = std::max(below * (1.0 - sparseness(level)),
                               kFurthest * std::clamp((log_series - kLnEleven) / (kLnThirty - kLnEleven), 0.0, 1.0));
  const double seen = watched_ + natural_log(std::max(1.0, rate / budget_)) / slope;
  // What is not known yet makes scores small in the first week: less than the budget would be spent.
  const double young = kYoung * std::max(0.0, 1.0 - weeks_);
  const double target = std::max(std::min(seen, table + over), std::max(table - below, kLowest)) - young;
  threshold_ = fitted_ ? std::max(target, threshold_ - kFall) : target;
  fitted_ = true;
}

void AlarmThreshold::save(BlobWriter& out) const {
  for (const double v : {threshold_, watched_, weeks_, episodes_, excess_, alerts_, alert_excess_}) out.f64(v);
  for (const double v : rates_) out.f64(v);
  out.u8(fitted_ ? 1 : 0);
}

void AlarmThreshold::load(BlobReader& in) {
  for (double* v : {&threshold_, &watched_, &weeks_, &episodes_, &excess_, &alerts_, &alert_excess_}) *v = in.f64();
  for (double& v : rates_) v = in.f64();
  fitted_ = in.u8() != 0;
}

}  // namespace tapewatch::alerts
