#include "alerts/baseline.hpp"

#include <algorithm>
#include <cmath>

#include "alerts/blob.hpp"
#include "alerts/event_minutes.hpp"

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

bool is_weekend(std::size_t slot) { return slot >= 5 * 24; }

/// Σ (y - μ)² over the whole buckets of `window` minutes in an hour, counts scaled down by `scale`.
double bucket_squares(const std::array<std::uint32_t, 60>* minutes, int window, double scale, double hour_mean) {
  const int buckets = 60 / window;
  const double mean = hour_mean * window / 60.0;
  // Windows that do not divide the hour leave a rest; the sum is brought up to the whole hour.
  const double whole = 60.0 / (buckets * window);
  if (minutes == nullptr) return whole * buckets * mean * mean;
  double sum = 0.0;
  for (int b = 0; b < buckets; ++b) {
    double count = 0.0;
    for (int m = b * window; m < (b + 1) * window; ++m) count += (*minutes)[static_cast<std::size_t>(m)];
    const double residual = count * scale - mean;
    sum += residual * residual;
  }
  return whole * sum;
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
  return std::max(1.0, (squares_[window] + prior * model_.dispersion_start) / (expected_ + prior));
}

void SharedBaseline::learn(std::int64_t hour, double count, double expected, std::span<const double> squares) {
  const std::size_t slot = hour_of_week(hour);
  const double decay = model_.level_decay;
  count_ = count_ * decay + count;
  exposure_ = exposure_ * decay + factors_[slot].mean;
  expected_ = expected_ * decay + expected;
  for (std::size_t w = 0; w < windows_; ++w) squares_[w] = squares_[w] * decay + squares[w];
  slot_count_[slot] = slot_count_[slot] * model_.season_decay + count;
  slot_hours_[slot] = slot_hours_[slot] * model_.season_decay + 1.0;
  ++hours_learned_;
  refit();
}

void SharedBaseline::amend(std::int64_t hour) {
  count_ += 1.0;
  slot_count_[hour_of_week(hour)] += 1.0;
}

/// The hierarchy flat -> hour of day -> day kind x hour -> hour of week, each level shrunk to the one above.
void SharedBaseline::refit() {
  double count = 0.0;
  double hours = 0.0;
  std::array<double, 24> day_count{}, day_hours{};
  std::array<double, 48> kind_count{}, kind_hours{};
  for (std::size_t slot = 0; slot < kHoursOfWeek; ++slot) {
    const std::size_t kind = slot % 24 + (is_weekend(slot) ? 24 : 0);
    count += slot_count_[slot];
    hours += slot_hours_[slot];
    day_count[slot % 24] += slot_count_[slot];
    day_hours[slot % 24] += slot_hours_[slot];
    kind_count[kind] += slot_count_[slot];
    kind_hours[kind] += slot_hours_[slot];
  }
  const double mean = hours > 0.0 ? count / hours : 0.0;
  // Over-dispersed counts tell as much as fewer independent ones.
  const double spread = dispersion(windows_ - 1);
  std::array<Factor, 24> days;
  for (std::size_t h = 0; h < 24; ++h)
    days[h] = refine(Factor{}, model_.hour_of_day_prior, day_count[h] / spread, mean * day_hours[h] / spread);
  for (std::size_t slot = 0; slot < kHoursOfWeek; ++slot) {
    const std::size_t kind = slot % 24 + (is_weekend(slot) ? 24 : 0);
    const Factor by_kind =
        refine(days[slot % 24], model_.day_kind_prior, kind_count[kind] / spread, mean * kind_hours[kind] / spread);
    factors_[slot] =
        refine(by_kind, model_.hour_of_week_prior, slot_count_[slot] / spread, mean * slot_hours_[slot] / spread);
  }
}

void SharedBaseline::save(BlobWriter& out) const {
  out.f64(count_);
  out.f64(exposure_);
  out.f64(expected_);
  for (std::size_t w = 0; w < windows_; ++w) out.f64(squares_[w]);
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
  expected_ = in.f64();
  for (std::size_t w = 0; w < windows_; ++w) squares_[w] = in.f64();
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
  const double spread = dispersion(kMaxWindows, shared);
  const double shape = model.level_prior + count_ / spread;
  return {shape / (model.level_prior / mean + exposure_ / spread), 1.0 / shape};
}

Factor SeriesBaseline::factor(std::int64_t hour, const Level& level, const SharedBaseline& shared,
                              std::size_t series) const {
  const Factor& common = shared.factor(hour);
  if (series <= 1 || slot_count_.empty()) return common;
  const std::size_t slot = hour_of_week(hour);
  const double spread = dispersion(kMaxWindows, shared);
  return refine(common, shared.model().series_season_prior, slot_count_[slot] / spread,
                level.rate * slot_hours_[slot] / spread);
}

/// `window` == kMaxWindows: the largest over all windows, for the worth of evidence.
double SeriesBaseline::dispersion(std::size_t window, const SharedBaseline& shared) const {
  const double prior = shared.model().series_dispersion_prior;
  const auto of = [&](std::size_t w) {
    return std::max(1.0, (squares_[w] + prior * shared.dispersion(w)) / (expected_ + prior));
  };
  if (window < kMaxWindows) return of(window);
  double largest = 1.0;
  for (std::size_t w = 0; w < shared.windows(); ++w) largest = std::max(largest, of(w));
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
  return {mean, dispersion(window, shared) + mean * (now.variance + relative * relative)};
}

SeriesBaseline::Lesson SeriesBaseline::learn(std::int64_t hour, const std::array<std::uint32_t, 60>* minutes,
                                             const SharedBaseline& shared, std::size_t series,
                                             std::span<const int> windows) {
  const BaselineModel& model = shared.model();
  const CountDistribution expected =
      predict(hour * 60, hour * 60 + 59, static_cast<std::size_t>(windows.size() - 1), shared, series);
  const Factor f = factor(hour, level(shared, series), shared, series);
  std::uint64_t heard = 0;
  if (minutes != nullptr)
    for (const std::uint32_t count : *minutes) heard += count;
  double scale = 1.0;
  if (heard > 1 && upper_tail(expected, heard) < model.winsor_tail)
    scale = static_cast<double>(std::max<std::uint64_t>(upper_quantile(expected, model.winsor_tail), 1)) /
            static_cast<double>(heard);

  Lesson lesson;
  lesson.count = static_cast<double>(heard) * scale;
  lesson.expected = expected.mean;
  for (std::size_t w = 0; w < windows.size(); ++w) {
    lesson.squares[w] = bucket_squares(heard == 0 ? nullptr : minutes, windows[w], scale, expected.mean);
    squares_[w] = squares_[w] * model.level_decay + lesson.squares[w];
  }
  count_ = count_ * model.level_decay + lesson.count;
  exposure_ = exposure_ * model.level_decay + f.mean;
  expected_ = expected_ * model.level_decay + lesson.expected;
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
  out.f64(count_);
  out.f64(exposure_);
  out.f64(expected_);
  for (std::size_t w = 0; w < windows; ++w) out.f64(squares_[w]);
  out.i64(from_hour_);
  out.i64(to_hour_);
}

void SeriesBaseline::load_level(BlobReader& in, std::size_t windows) {
  count_ = in.f64();
  exposure_ = in.f64();
  expected_ = in.f64();
  for (std::size_t w = 0; w < windows; ++w) squares_[w] = in.f64();
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
