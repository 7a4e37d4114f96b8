// Tested by tests/alerts/detector/surge_engine_test.cpp
#include "alerts/detector/shared_baseline.hpp"

#include <algorithm>
#include <cmath>

#include "alerts/detector/blob.hpp"

namespace tapewatch::alerts {
namespace {

constexpr double kSmallestFactor = 0.02;  // an hour that was always silent is still not impossible
constexpr double kRateDecay = 0.99794;    // half-life 14 days
constexpr double kMinuteDecay = 0.9985;
constexpr double kMinutePrior = 240.0;  // in units of 8 φ

}  // namespace

Factor refine(const Factor& prior, double strength, double count, double expected) {
  const double prior_rate = strength / prior.mean;
  const double kept = prior_rate / (prior_rate + expected);
  Factor out;
  out.mean = std::max(kSmallestFactor, (strength + count) / (prior_rate + expected));
  out.variance = 1.0 / (strength + count) + prior.variance * kept * kept;
  return out;
}

void SharedBaseline::start(std::int64_t hour) {
  started_ = true;
  first_ = hour;
  drift_ = model_.drift_start;
  refit_minutes();
  refit_dispersion();
  open(hour);
}

/// The hierarchy flat -> hour of day -> kind of day (weekday, weekend) -> hour in that kind -> hour of week, each level
/// shrunk to the one above. Over-dispersed counts tell as much as fewer independent ones.
Factor SharedBaseline::estimate(std::size_t slot) const {
  std::array<Weighed, 24> by_hour{};  // votes and visits
  std::array<Weighed, 48> by_kind_hour{};
  Weighed all;
  for (std::size_t s = 0; s < kHoursOfWeek; ++s) {
    for (Weighed* sum : {&all, &by_hour[s % 24], &by_kind_hour[kind_hour(s)]}) {
      sum->add({slot_count_[s], slot_visits_[s]});
    }
  }
  const double mean = all.weight > 0.0 ? all.sum / all.weight : 0.0;
  const double spread = std::max(dispersion_[kDayScale], 1.0 + clumping_ * mean);
  const double unit = mean / spread;
  const auto hour_of_day = [&](std::size_t h) {
    return refine(Factor{}, model_.hour_of_day_prior, by_hour[h].sum / spread, unit * by_hour[h].weight);
  };
  const std::size_t kind = kind_hour(slot) / 24;
  double count = 0.0;
  double expected = 0.0;
  for (std::size_t h = 0; h < 24; ++h) {
    const Weighed& seen = by_kind_hour[kind * 24 + h];
    count += seen.sum / spread;
    expected += unit * seen.weight * hour_of_day(h).mean;
  }
  Factor day_kind = refine(Factor{}, model_.day_kind_prior, count, expected);
  if (age_ < 48 && is_weekend(slot) == is_weekend(calendar_.slot(first_))) day_kind.variance = 0.0;
  const Factor hour = hour_of_day(slot % 24);
  const Factor product{hour.mean * day_kind.mean, hour.variance + day_kind.variance};
  const Weighed& seen = by_kind_hour[kind_hour(slot)];
  const Factor in_kind = refine(product, model_.kind_hour_prior, seen.sum / spread, unit * seen.weight);
  return refine(in_kind, model_.hour_of_week_prior, slot_count_[slot] / spread, unit * slot_visits_[slot]);
}

void SharedBaseline::open(std::int64_t hour) {
  votes_ = {0, votes_[0], votes_[1], votes_[2]};
  hour_ = hour;
  heard_ = 0.0;
  const Factor factor = estimate(calendar_.slot(hour));
  rhythm_ = factor.mean;
  at(hour) = {static_cast<float>(factor.mean), static_cast<float>(factor.variance), 0.0, false};
}

void SharedBaseline::unwatch(bool silent) {
  at(hour_).unwatched = true;
  if (!silent) return;
  at(hour_).mean = 0.0f;
  if (!gaps_.empty() && gaps_.back().to + 1 == hour_) {
    gaps_.back().to = hour_;
  } else {
    gaps_.push_back({hour_, hour_});
  }
  if (gaps_.size() > kGaps) gaps_.erase(gaps_.begin());
}

bool SharedBaseline::watched(std::int64_t hour) const {
  if (hour > hour_ - kMemory && hour <= hour_) return !at(hour).unwatched;
  return std::none_of(gaps_.begin(), gaps_.end(), [&](const Gap& gap) { return hour >= gap.from && hour <= gap.to; });
}

void SharedBaseline::close() {
  if (at(hour_).unwatched || !calendar_.day(hour_).learn) {
    if (const std::int64_t taught = hour_ - model_.season_delay; taught >= first_) learn_season(taught);
    open(hour_ + 1);
    return;
  }
  minute_total_ *= kMinuteDecay;
  for (double& count : minute_count_) count *= kMinuteDecay;
  refit_minutes();
  count_ = count_ * kRateDecay + heard_;
  exposure_ = exposure_ * kRateDecay + at(hour_).mean;
  for (Weighed& spread : spread_) spread.decay(model_.slow_decay);
  clump_.decay(model_.slow_decay);
  drifted_.decay(model_.slow_decay);
  refit_dispersion();
  ++age_;
  if (const std::int64_t taught = hour_ - model_.season_delay; taught >= first_) learn_season(taught);
  open(hour_ + 1);
}

void SharedBaseline::skip_to(std::int64_t hour) {
  for (std::int64_t x = std::max(hour_ - model_.season_delay, first_); x < hour_; ++x) learn_season(x);
  for (std::int64_t x = std::max(hour_ + 1, hour - kMemory + 1); x < hour; ++x) at(x) = {0.0f, 0.0f, 0.0, true};
  gaps_.push_back({hour_, hour - 1});
  if (gaps_.size() > kGaps) gaps_.erase(gaps_.begin());
  first_ = hour;
  open(hour);
}

void SharedBaseline::learn_season(std::int64_t hour) {
  if (at(hour).unwatched || !calendar_.day(hour).learn) return;
  const std::size_t s = calendar_.slot(hour);
  slot_count_[s] = slot_count_[s] * model_.season_decay + at(hour).seasonal;
  slot_visits_[s] = slot_visits_[s] * model_.season_decay + 1.0;
}

Factor SharedBaseline::factor(std::int64_t hour) const {
  if (hour > hour_ - kMemory && hour <= hour_) return {at(hour).mean, at(hour).variance};
  return watched(hour) ? estimate(calendar_.slot(hour)) : Factor{0.0, 0.0};
}

Factor SharedBaseline::factor(std::int64_t hour, RuleCalendar::Entries own) const {
  const std::size_t slot = calendar_.slot(hour, own);
  return slot == calendar_.slot(hour) || !watched(hour) ? factor(hour) : estimate(slot);
}

void SharedBaseline::refit_minutes() {
  const double unit = std::max(dispersion_[0], 1.0) * 8.0;
  share_[0] = 0.0;
  for (std::size_t i = 0; i < 12; ++i) {
    share_[i + 1] = share_[i] + (minute_count_[i] / unit + kMinutePrior / 12.0) / (minute_total_ / unit + kMinutePrior);
  }
}

double SharedBaseline::share(double part) const {
  const double at = part * 12.0;
  const std::size_t i = std::min<std::size_t>(11, static_cast<std::size_t>(at));
  return share_[i] + (share_[i + 1] - share_[i]) * (at - static_cast<double>(i));
}

/// Each scale shrunk to the one below it.
void SharedBaseline::refit_dispersion() {
  double prior = model_.dispersion_start;
  for (std::size_t w = 0; w < kScales; ++w) {
    prior = std::max(
        1.0, (spread_[w].sum + model_.dispersion_prior * prior) / (spread_[w].weight + model_.dispersion_prior));
    dispersion_[w] = prior;
  }
  clumping_ = std::max(0.0, clump_.sum / (clump_.weight + model_.clumping_prior));
  drift_ = std::clamp((drifted_.sum + model_.drift_prior * model_.drift_start) / (drifted_.weight + model_.drift_prior),
                      model_.drift_least, model_.drift_most);
}

void SharedBaseline::hear(std::int64_t hour, double taught, double seasonal) {
  heard_ += taught;
  correct(hour, seasonal);
}

void SharedBaseline::correct(std::int64_t hour, double seasonal) {
  taught_ = true;
  if (hour >= hour_ - model_.season_delay) {
    at(hour).seasonal += seasonal;
  } else if (hour > hour_ - kMemory && hour >= first_ && !at(hour).unwatched) {
    slot_count_[calendar_.slot(hour)] += seasonal;  // it has taught already; half a visit's decay is neglected
  }
}

void SharedBaseline::hear_minutes(const std::array<double, 12>& five_minutes, double hour_mean) {
  for (std::size_t i = 0; i < 12; ++i) {
    const double taught = std::min(five_minutes[i], 2.0 + 3.0 * hour_mean * (share_[i + 1] - share_[i]));
    minute_count_[i] += taught;
    minute_total_ += taught;
  }
}

void SharedBaseline::hear_spread(std::size_t scale, const Weighed& lesson) { spread_[scale].add(lesson); }

void SharedBaseline::hear_clumping(const Weighed& lesson) { clump_.add(lesson); }

void SharedBaseline::hear_drift(const Weighed& lesson) { drifted_.add(lesson); }

void SharedBaseline::save_sums(BlobWriter& out) const {
  for (const Weighed& e : spread_) out.f64(e.sum), out.f64(e.weight);
  for (const Weighed& e : {clump_, drifted_}) out.f64(e.sum), out.f64(e.weight);
  for (const std::uint32_t v : votes_) out.u32(v);
}

void SharedBaseline::load_sums(BlobReader& in) {
  for (Weighed& e : spread_) e.sum = in.f64(), e.weight = in.f64();
  for (Weighed* e : {&clump_, &drifted_}) e->sum = in.f64(), e->weight = in.f64();
  for (std::uint32_t& v : votes_) v = in.u32();
}

void SharedBaseline::save(BlobWriter& out) const {
  out.u8(started_ ? 1 : 0);
  for (const std::int64_t v : {first_, hour_, age_}) out.i64(v);
  for (const Hour& hour : hours_) {
    out.f32(hour.mean);
    out.f32(hour.variance);
    out.f64(hour.seasonal);
    out.u8(hour.unwatched ? 1 : 0);
  }
  out.u32(static_cast<std::uint32_t>(gaps_.size()));
  for (const Gap& gap : gaps_) out.i64(gap.from), out.i64(gap.to);
  for (const double v : {rhythm_, count_, exposure_, heard_, minute_total_}) out.f64(v);
  for (std::size_t s = 0; s < kHoursOfWeek; ++s) out.f64(slot_count_[s]), out.f64(slot_visits_[s]);
  for (const double v : minute_count_) out.f64(v);
  for (const double v : share_) out.f64(v);  // saved, not refitted: what was heard since is not in it
  for (const double v : dispersion_) out.f64(v);
  out.f64(clumping_);
  out.f64(drift_);
}

void SharedBaseline::load(BlobReader& in) {
  started_ = in.u8() != 0;
  for (std::int64_t* v : {&first_, &hour_, &age_}) *v = in.i64();
  for (Hour& hour : hours_) {
    hour.mean = in.f32();
    hour.variance = in.f32();
    hour.seasonal = in.f64();
    hour.unwatched = in.u8() != 0;
  }
  gaps_.resize(in.count(16));
  for (Gap& gap : gaps_) gap.from = in.i64(), gap.to = in.i64();
  for (double* v : {&rhythm_, &count_, &exposure_, &heard_, &minute_total_}) *v = in.f64();
  for (std::size_t s = 0; s < kHoursOfWeek; ++s) slot_count_[s] = in.f64(), slot_visits_[s] = in.f64();
  for (double& v : minute_count_) v = in.f64();
  for (double& v : share_) v = in.f64();
  for (double& v : dispersion_) v = in.f64();
  clumping_ = in.f64();
  drift_ = in.f64();
}

}  // namespace tapewatch::alerts
