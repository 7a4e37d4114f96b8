// Tested by tests/alerts/detector/no_data_test.cpp
#include "alerts/detector/gap_watch.hpp"

#include <algorithm>
#include <cmath>

#include "alerts/detector/blob.hpp"
#include "alerts/detector/elementary.hpp"
#include "alerts/detector/event_minutes.hpp"
#include "alerts/detector/negative_binomial.hpp"

namespace tapewatch::alerts {
namespace {

constexpr std::int64_t kLongestHours = 4 * 168;
constexpr double kMemory = 1.0 - 1.0 / 2000.0;       // gaps
constexpr double kGapPrior = 20.0;                   // gaps that outweigh what is taken for granted
constexpr double kLongPrior = 10.0;                  // and long ones
constexpr double kPoissonTail = 0.1353352832366127;  // e^-u
constexpr double kPoissonExcess = 1.5;               // 1 for Poisson's; news come in clumps

double hours_of(std::int64_t ms) { return static_cast<double>(ms) / static_cast<double>(kHourMs); }

}  // namespace

void GapTail::hear(double gap) {
  gaps_ = gaps_ * kMemory + 1.0;
  long_ *= kMemory;
  beyond_ *= kMemory;
  if (gap <= kThreshold) return;
  long_ += 1.0;
  beyond_ += gap - kThreshold;
}

double GapTail::exceedance(const GapTail* prior) const {
  const double before = prior ? prior->exceedance(nullptr) : kPoissonTail;
  return (long_ + kGapPrior * before) / (gaps_ + kGapPrior);
}

double GapTail::excess(const GapTail* prior) const {
  const double before = prior ? prior->excess(nullptr) : kPoissonExcess;
  return (beyond_ + kLongPrior * before) / (long_ + kLongPrior);
}

void GapTail::save(BlobWriter& out) const {
  for (const double v : {gaps_, long_, beyond_}) out.f64(v);
}

void GapTail::load(BlobReader& in) {
  for (double* v : {&gaps_, &long_, &beyond_}) *v = in.f64();
}

void GapSeries::save(BlobWriter& out) const {
  for (const std::int64_t v : {heard, due, opened}) out.i64(v);
  for (const double v : {level, open_for_hours}) out.f64(v);
  tail.save(out);
}

void GapSeries::load(BlobReader& in) {
  for (std::int64_t* v : {&heard, &due, &opened}) *v = in.i64();
  for (double* v : {&level, &open_for_hours}) *v = in.f64();
  tail.load(in);
}

void GapWatch::open_hour(const SharedBaseline& shared) {
  const std::int64_t open = shared.hour();
  for (std::int64_t hour = open; hour < open + static_cast<std::int64_t>(kHoursOfWeek); ++hour) {
    rhythm_[shared.calendar().slot(hour)] = shared.factor(hour);
  }
}

double GapWatch::factor(std::int64_t hour, const Known& known, Season season) const {
  const Factor of_rule = rhythm_[known.shared.calendar().slot(hour, known.baseline.own_entries())];
  if (of_rule.mean <= 0.0) return 0.0;
  const Factor own = known.baseline.season(hour, of_rule, known.shared, known.series);
  return season == Season::mean ? own.mean : own.mean * std::max(0.0, 1.0 - std::sqrt(own.variance));
}

/// What the series would have said since it was heard.
double GapWatch::expected(const GapSeries& gap, const Known& known, std::int64_t now, Season season) const {
  double sum = 0.0;
  std::int64_t from = std::max(gap.heard, now - kLongestHours * kHourMs);
  while (from < now) {
    const std::int64_t hour = hour_at(from);
    const std::int64_t to = std::min(now, (hour + 1) * kHourMs);
    sum += factor(hour, known, season) * static_cast<double>(to - from) / static_cast<double>(kHourMs);
    from = to;
  }
  return gap.level * sum;
}

double GapWatch::unknown(const Known& known, double hours) const {
  return known.baseline.level_variance(known.shared, known.series) + known.shared.drift() +
         known.baseline.clumping(known.shared, known.series) / std::max(hours, 1.0);
}

double GapWatch::length(const Known& known, double stories, double hours) const {
  const double v = unknown(known, hours);
  return natural_log(1.0 + v * stories) / v;
}

void GapWatch::set_limit(GapSeries& gap, const Known& known, std::size_t judged) const {
  gap.level = known.baseline.level(known.shared, known.series);
  gap.due = GapSeries::kNever;
  const GapTail* rule = known.series > 1 ? &tail_ : nullptr;
  const double chances = static_cast<double>(kHoursOfWeek) * gap.level * gap.tail.exceedance(rule) *
                         static_cast<double>(std::max<std::size_t>(judged, 1)) / budget_;
  const double limit = GapTail::kThreshold + gap.tail.excess(rule) * natural_log(std::max(chances, 1.0));
  double stories = 0.0;
  for (std::int64_t from = gap.heard; from < gap.heard + kLongestHours * kHourMs;) {
    const std::int64_t to = (hour_at(from) + 1) * kHourMs;
    const double pace = gap.level * factor(hour_at(from), known, Season::low) / static_cast<double>(kHourMs);
    const auto length_at = [&](std::int64_t at) {
      return length(known, stories + pace * static_cast<double>(at - from), hours_of(at - gap.heard));
    };
    if (length_at(to) >= limit) {
      std::int64_t before = from, after = to;
      while (after - before > kMinuteMs / 2) {
        const std::int64_t middle = before + (after - before) / 2;
        (length_at(middle) >= limit ? after : before) = middle;
      }
      gap.due = minute_at(after) + 1;
      return;
    }
    stories += pace * static_cast<double>(to - from);
    from = to;
  }
}

void GapWatch::hear(GapSeries& gap, const Known& known, std::size_t judged, std::int64_t now) {
  if (gap.heard > watched_from_ && gap.level > 0.0 && now >= gap.heard) {
    const double waited = length(known, expected(gap, known, now, Season::low), hours_of(now - gap.heard));
    gap.tail.hear(waited);
    tail_.hear(waited);
  }
  gap.heard = now;
  set_limit(gap, known, judged);
}

void GapWatch::rearm(GapSeries& gap, const Known& known, std::size_t judged) {
  gap.heard = std::max(gap.heard, watched_from_);
  set_limit(gap, known, judged);
}

Reading GapWatch::reading(const GapSeries& gap, const Known& known, std::size_t judged, std::int64_t now) const {
  Reading out;
  out.from = minute_at(gap.heard);
  out.to = std::max(out.from, minute_at(now) - 1);
  out.window = out.to - out.from + 1;
  out.expected = expected(gap, known, now, Season::mean);
  const double hours = hours_of(now - gap.heard);
  out.ratio = known.baseline.dispersion(kDayScale, known.shared, known.series) + unknown(known, hours) * out.expected;
  const CountDistribution predicted{out.expected, out.ratio};
  out.low = upper_quantile(predicted, 0.975);
  out.high = upper_quantile(predicted, 0.025);
  const GapTail* rule = known.series > 1 ? &tail_ : nullptr;
  out.score = length(known, expected(gap, known, now, Season::low), hours);
  const double beyond = std::max(0.0, out.score - GapTail::kThreshold) / gap.tail.excess(rule);
  out.p_value = std::min(1.0, gap.tail.exceedance(rule) * exponential(-beyond));
  const double chances = static_cast<double>(kHoursOfWeek) * std::max(gap.level, 1e-9);
  out.p_limit = std::min(1.0, budget_ / static_cast<double>(std::max<std::size_t>(judged, 1)) / chances);
  return out;
}

void GapWatch::save_sums(BlobWriter& out) const {
  out.i64(watched_from_);
  tail_.save(out);
}

void GapWatch::load_sums(BlobReader& in) {
  watched_from_ = in.i64();
  tail_.load(in);
}

void GapWatch::save(BlobWriter& out) const {
  for (const Factor& factor : rhythm_) out.f64(factor.mean), out.f64(factor.variance);
}

void GapWatch::load(BlobReader& in) {
  for (Factor& factor : rhythm_) factor.mean = in.f64(), factor.variance = in.f64();
}

}  // namespace tapewatch::alerts
