// Tested by tests/alerts/detector/false_alarm_rate_test.cpp
#include "alerts/detector/baseline.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "alerts/detector/blob.hpp"
#include "alerts/detector/event_minutes.hpp"

namespace tapewatch::alerts {
namespace {

constexpr double kSmallestFactor = 0.02;  // an hour that was always silent is still not impossible

/// Gamma(shape `strength`, mean `prior`) meets a Poisson count with `expected` at factor 1. The relative variance adds
/// the part of the prior's own uncertainty that is left after the data.
Factor refine(const Factor& prior, double strength, double count, double expected) {
  const double prior_rate = strength / prior.mean;
  const double kept = prior_rate / (prior_rate + expected);
  Factor out;
  out.mean = std::max(kSmallestFactor, (strength + count) / (prior_rate + expected));
  out.variance = 1.0 / (strength + count) + prior.variance * kept * kept;
  return out;
}

/// 0 to 23 the hours of a weekday, 24 to 47 those of a weekend day (UTC).
std::size_t kind_hour(std::size_t slot) { return slot % 24 + (slot >= 5 * 24 ? 24 : 0); }

/// The part of a squared residual that is beyond Poisson's mean `poisson` and beyond `unknown`, what the level and the
/// factor may be off by. `unknown` explains only an excess: where too much was allowed for, it is not taken as a sign
/// of less than Poisson's variance, or the first weekend would hide how news vary on weekdays.
double excess(double squared, double poisson, double unknown) {
  const double over = squared - poisson;
  return over <= 0.0 ? over : std::max(0.0, over - unknown);
}

/// What an hour says about the dispersion, window by window. In a bucket with mean μ the squared residual is φ μ + μ² v
/// on average, v being what is not known of the level and the factor; each bucket estimates φ - 1 by excess / μ,
/// weighted by the inverse of that estimate's variance, (V + 2 V²) / μ² with V = μ + μ² v. α likewise over the hour, by
/// excess / μ².
void compare(const std::array<std::uint32_t, 60>* minutes, double scale, double hour_mean, double v,
             std::span<const int> windows, Lesson& lesson) {
  for (std::size_t w = 0; w < windows.size(); ++w) {
    const int buckets = 60 / windows[w];
    const double whole = 60.0 / windows[w] / buckets;  // more than 1 where they do not fill the hour
    const double mean = hour_mean * windows[w] / 60.0;
    const double unknown = mean * mean * v;
    const double weight = mean / ((mean + unknown) + 2.0 * (mean + unknown) * (mean + unknown));
    for (int b = 0; b < buckets; ++b) {
      double count = 0.0;
      if (minutes != nullptr) {
        for (int m = b * windows[w]; m < (b + 1) * windows[w]; ++m) count += (*minutes)[static_cast<std::size_t>(m)];
      }
      const double residual = count * scale - mean;
      lesson.spread[w] += whole * weight * (mean + excess(residual * residual, mean, unknown));
      lesson.weight[w] += whole * weight * mean;
    }
  }
  const double heard = minutes == nullptr ? 0.0 : scale * std::accumulate(minutes->begin(), minutes->end(), 0.0);
  const double square = hour_mean * hour_mean;
  const double variance = hour_mean + square * v;
  const double residual = heard - hour_mean;
  lesson.clumping_weight = std::min(1.0, square * square / (variance + 2.0 * variance * variance));
  lesson.clumping = lesson.clumping_weight * excess(residual * residual, hour_mean, square * v) / square;
}

}  // namespace

std::size_t hour_of_week(std::int64_t hour) {
  const std::int64_t since_monday =
      (hour + 3 * 24) % static_cast<std::int64_t>(kHoursOfWeek);  // the epoch is a Thursday
  return static_cast<std::size_t>(since_monday < 0 ? since_monday + static_cast<std::int64_t>(kHoursOfWeek)
                                                   : since_monday);
}

SharedBaseline::SharedBaseline(std::size_t windows, BaselineModel model) : model_(model), windows_(windows) { refit(); }

double SharedBaseline::rate() const { return (count_ + 0.5) / (exposure_ + 0.5); }

double SharedBaseline::dispersion(std::size_t window) const {
  const double prior = model_.dispersion_prior;
  return std::max(1.0, (spread_[window] + prior * model_.dispersion_start) / (weight_[window] + prior));
}

double SharedBaseline::clumping() const {
  return std::max(0.0, clumping_ / (clumping_weight_ + model_.clumping_prior));
}

void SharedBaseline::learn(std::int64_t hour, const Lesson& sum) {
  const std::size_t slot = hour_of_week(hour);
  const double decay = model_.level_decay;
  count_ = count_ * decay + sum.count;
  exposure_ = exposure_ * decay + factors_[slot].mean;
  for (std::size_t w = 0; w < windows_; ++w) {
    spread_[w] = spread_[w] * decay + sum.spread[w];
    weight_[w] = weight_[w] * decay + sum.weight[w];
  }
  clumping_ = clumping_ * decay + sum.clumping;
  clumping_weight_ = clumping_weight_ * decay + sum.clumping_weight;
  slot_count_[slot] = slot_count_[slot] * model_.season_decay + sum.count;
  slot_hours_[slot] = slot_hours_[slot] * model_.season_decay + 1.0;
  ++hours_learned_;
  refit();
}

void SharedBaseline::amend(std::int64_t hour) {
  count_ += 1.0;
  slot_count_[hour_of_week(hour)] += 1.0;
}

/// The hierarchy flat -> hour of day -> kind of day (weekday, weekend) -> hour in that kind -> hour of week, each level
/// shrunk to the one above.
void SharedBaseline::refit() {
  struct Sum {
    double count = 0.0;
    double hours = 0.0;
  };
  Sum all;
  std::array<Sum, 24> by_hour;
  std::array<Sum, 48> by_kind_hour;
  for (std::size_t slot = 0; slot < kHoursOfWeek; ++slot) {
    for (Sum* sum : {&all, &by_hour[slot % 24], &by_kind_hour[kind_hour(slot)]}) {
      sum->count += slot_count_[slot];
      sum->hours += slot_hours_[slot];
    }
  }
  const double mean = all.hours > 0.0 ? all.count / all.hours : 0.0;
  // Over-dispersed counts tell as much as fewer independent ones.
  const double spread = std::max(dispersion(windows_ - 1), 1.0 + clumping() * mean);
  const double unit = mean / spread;

  std::array<Factor, 24> hours;
  for (std::size_t h = 0; h < 24; ++h) {
    hours[h] = refine(Factor{}, model_.hour_of_day_prior, by_hour[h].count / spread, unit * by_hour[h].hours);
  }
  std::array<Factor, 2> kinds;
  for (std::size_t kind = 0; kind < 2; ++kind) {
    double count = 0.0;
    double expected = 0.0;
    for (std::size_t h = 0; h < 24; ++h) {
      count += by_kind_hour[kind * 24 + h].count / spread;
      expected += unit * by_kind_hour[kind * 24 + h].hours * hours[h].mean;
    }
    kinds[kind] = refine(Factor{}, model_.day_kind_prior, count, expected);
  }
  for (std::size_t slot = 0; slot < kHoursOfWeek; ++slot) {
    const Factor& hour = hours[slot % 24];
    const Factor& kind = kinds[kind_hour(slot) / 24];
    const Factor product{hour.mean * kind.mean, hour.variance + kind.variance};
    const Sum& seen = by_kind_hour[kind_hour(slot)];
    const Factor in_kind = refine(product, model_.kind_hour_prior, seen.count / spread, unit * seen.hours);
    factors_[slot] = refine(in_kind, model_.hour_of_week_prior, slot_count_[slot] / spread, unit * slot_hours_[slot]);
  }
}

void SharedBaseline::save(BlobWriter& out) const {
  out.f64(count_);
  out.f64(exposure_);
  for (std::size_t w = 0; w < windows_; ++w) out.f64(spread_[w]), out.f64(weight_[w]);
  out.f64(clumping_);
  out.f64(clumping_weight_);
  for (std::size_t slot = 0; slot < kHoursOfWeek; ++slot) {
    out.f64(slot_count_[slot]);
    out.f64(slot_hours_[slot]);
    out.f64(factors_[slot].mean);  // saved, not refitted: late stories since the last fit are not in it
    out.f64(factors_[slot].variance);
  }
  out.u64(hours_learned_);
}

void SharedBaseline::load(BlobReader& in) {
  count_ = in.f64();
  exposure_ = in.f64();
  for (std::size_t w = 0; w < windows_; ++w) spread_[w] = in.f64(), weight_[w] = in.f64();
  clumping_ = in.f64();
  clumping_weight_ = in.f64();
  for (std::size_t slot = 0; slot < kHoursOfWeek; ++slot) {
    slot_count_[slot] = in.f64();
    slot_hours_[slot] = in.f64();
    factors_[slot].mean = in.f64();
    factors_[slot].variance = in.f64();
  }
  hours_learned_ = in.u64();
}

SeriesBaseline::Level SeriesBaseline::level(const SharedBaseline& shared, std::size_t series) const {
  const BaselineModel& model = shared.model();
  const double mean = shared.rate() / static_cast<double>(std::max<std::size_t>(series, 1));
  const double spread = worth(shared);
  const double shape = model.level_prior + count_ / spread;
  const double silent = std::min(silent_hours_, model.silence_credit / mean);
  return {shape / (model.level_prior / mean + (silent + exposure_) / spread), 1.0 / shape, spread};
}

Factor SeriesBaseline::factor(std::int64_t hour, const Level& level, const SharedBaseline& shared,
                              std::size_t series) const {
  const Factor& common = shared.factor(hour);
  if (series <= 1 || slot_count_.empty()) return common;
  const std::size_t slot = hour_of_week(hour);
  return refine(common, shared.model().series_season_prior, slot_count_[slot] / level.spread,
                level.rate * slot_hours_[slot] / level.spread);
}

double SeriesBaseline::dispersion(std::size_t window, double mean, const SharedBaseline& shared) const {
  const BaselineModel& model = shared.model();
  const double prior = model.series_dispersion_prior;
  const double linear = (spread_[window] + prior * shared.dispersion(window)) / (weight_[window] + prior);
  const double clumping =
      (clumping_ + model.clumping_prior * shared.clumping()) / (clumping_weight_ + model.clumping_prior);
  return std::max({1.0, linear, 1.0 + clumping * mean});
}

/// How many stories of this series tell as much as one independent one.
double SeriesBaseline::worth(const SharedBaseline& shared) const {
  const double hourly = exposure_ > 0.0 ? count_ / exposure_ : 0.0;
  double largest = 1.0;
  for (std::size_t w = 0; w < shared.windows(); ++w) largest = std::max(largest, dispersion(w, hourly, shared));
  return largest;
}

CountDistribution SeriesBaseline::predict(std::int64_t from, std::int64_t to, std::size_t window,
                                          const SharedBaseline& shared, std::size_t series) const {
  const Level now = level(shared, series);
  double exposure = 0.0;
  double deviation = 0.0;  // of the factors, taken as one: hours side by side are off together
  for (std::int64_t minute = from; minute <= to;) {
    const std::int64_t hour = hour_of_minute(minute);
    const std::int64_t next = std::min(to + 1, (hour + 1) * 60);
    const Factor f = factor(hour, now, shared, series);
    const double share = static_cast<double>(next - minute) / 60.0 * f.mean;
    exposure += share;
    deviation += share * std::sqrt(f.variance);
    minute = next;
  }
  const double mean = now.rate * exposure;
  const double relative = deviation / exposure;
  return {mean, dispersion(window, mean, shared) + mean * (now.variance + relative * relative)};
}

Lesson SeriesBaseline::learn(std::int64_t hour, const std::array<std::uint32_t, 60>* minutes,
                             const SharedBaseline& shared, std::size_t series, std::span<const int> windows) {
  const BaselineModel& model = shared.model();
  const CountDistribution expected = predict(hour * 60, hour * 60 + 59, windows.size() - 1, shared, series);
  const Level before = level(shared, series);
  const Factor f = factor(hour, before, shared, series);
  std::uint64_t heard = 0;
  if (minutes != nullptr) {
    for (const std::uint32_t count : *minutes) heard += count;
  }
  double scale = 1.0;
  if (heard > 1 && upper_tail(expected, heard) < model.winsor_tail) {
    scale = static_cast<double>(std::max<std::uint64_t>(upper_quantile(expected, model.winsor_tail), 1)) /
            static_cast<double>(heard);
  }

  Lesson lesson;
  lesson.count = static_cast<double>(heard) * scale;
  if (hour - from_hour_ >= model.dispersion_after_hours && !slot_count_.empty()) {
    compare(heard == 0 ? nullptr : minutes, scale, expected.mean, before.variance + f.variance, windows, lesson);
  }
  for (std::size_t w = 0; w < windows.size(); ++w) {
    spread_[w] = spread_[w] * model.level_decay + lesson.spread[w];
    weight_[w] = weight_[w] * model.level_decay + lesson.weight[w];
  }
  clumping_ = clumping_ * model.level_decay + lesson.clumping;
  clumping_weight_ = clumping_weight_ * model.level_decay + lesson.clumping_weight;
  count_ = count_ * model.level_decay + lesson.count;
  exposure_ = exposure_ * model.level_decay + f.mean;
  if (slot_count_.empty()) {
    slot_count_.assign(kHoursOfWeek, 0.0f);
    slot_hours_.assign(kHoursOfWeek, 0.0f);
    from_hour_ = hour;
  }
  const std::size_t slot = hour_of_week(hour);
  slot_count_[slot] = static_cast<float>(slot_count_[slot] * model.season_decay + lesson.count);
  slot_hours_[slot] = static_cast<float>(slot_hours_[slot] * model.season_decay + 1.0);
  to_hour_ = hour + 1;
  return lesson;
}

bool SeriesBaseline::amend(std::int64_t hour, std::uint64_t in_hour, const SharedBaseline& shared, std::size_t series) {
  if (slot_count_.empty() || hour < from_hour_) return false;
  const CountDistribution expected = predict(hour * 60, hour * 60 + 59, shared.windows() - 1, shared, series);
  if (in_hour > 1 && upper_tail(expected, in_hour) < shared.model().winsor_tail) return false;
  count_ += 1.0;
  slot_count_[hour_of_week(hour)] += 1.0f;
  return true;
}

void SeriesBaseline::save_level(BlobWriter& out, std::size_t windows) const {
  out.f64(silent_hours_);
  out.f64(count_);
  out.f64(exposure_);
  for (std::size_t w = 0; w < windows; ++w) out.f64(spread_[w]), out.f64(weight_[w]);
  out.f64(clumping_);
  out.f64(clumping_weight_);
  out.i64(from_hour_);
  out.i64(to_hour_);
}

void SeriesBaseline::load_level(BlobReader& in, std::size_t windows) {
  silent_hours_ = in.f64();
  count_ = in.f64();
  exposure_ = in.f64();
  for (std::size_t w = 0; w < windows; ++w) spread_[w] = in.f64(), weight_[w] = in.f64();
  clumping_ = in.f64();
  clumping_weight_ = in.f64();
  from_hour_ = in.i64();
  to_hour_ = in.i64();
}

void SeriesBaseline::save_season(BlobWriter& out) const {
  out.u8(slot_count_.empty() ? 0 : 1);
  for (const float v : slot_count_) out.f32(v);
  for (const float v : slot_hours_) out.f32(v);
}

void SeriesBaseline::load_season(BlobReader& in) {
  if (in.u8() == 0) return;
  slot_count_.resize(kHoursOfWeek);
  slot_hours_.resize(kHoursOfWeek);
  for (float& v : slot_count_) v = in.f32();
  for (float& v : slot_hours_) v = in.f32();
}

}  // namespace tapewatch::alerts
