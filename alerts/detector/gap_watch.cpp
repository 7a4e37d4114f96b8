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
constexpr double kMemoryGaps = 2000.0;
constexpr double kMemoryHours = 8 * 168;
constexpr double kUnknown = 1.0;        // relative variance
constexpr double kSpent = 0.9;          // of the budget: what the tail is off by spends more than it saves
constexpr double kHoursTogether = 1.5;  // that are off by the same factor

double hours_of(std::int64_t ms) { return static_cast<double>(ms) / static_cast<double>(kHourMs); }

}  // namespace

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

void GapWatch::Wait::add(const Factor& of_hour, double part) {
  hours += part;
  factor += part * of_hour.mean;
  rough += part * of_hour.mean * of_hour.mean * of_hour.variance;
}

Factor GapWatch::factor(std::int64_t hour, const Known& known) const {
  const Factor of_rule = rhythm_[known.shared.calendar().slot(hour, known.baseline.own_entries())];
  if (of_rule.mean <= 0.0) return {0.0, 0.0};
  const Factor own = known.baseline.season(hour, of_rule, known.shared, known.series);
  return own.variance < kUnknown ? own : Factor{0.0, 0.0};
}

GapWatch::Wait GapWatch::wait(const GapSeries& gap, const Known& known, std::int64_t now) const {
  Wait wait;
  for (std::int64_t from = std::max(gap.heard, now - kLongestHours * kHourMs); from < now;) {
    const std::int64_t to = std::min(now, (hour_at(from) + 1) * kHourMs);
    wait.add(factor(hour_at(from), known), hours_of(to - from));
    from = to;
  }
  return wait;
}

double GapWatch::unknown(const Known& known, const Wait& wait) const {
  const double v = known.baseline.level_variance(known.shared, known.series) + known.shared.drift() +
                   known.baseline.clumping(known.shared, known.series) / std::max(wait.hours, 1.0);
  if (wait.factor <= 0.0) return v;
  return v + kHoursTogether * wait.rough / (wait.factor * wait.factor);
}

double GapWatch::length(const GapSeries& gap, const Known& known, const Wait& wait) const {
  const double v = unknown(known, wait);
  return natural_log(1.0 + v * gap.level * wait.factor) / v;
}

double GapWatch::share(const GapSeries& gap, std::size_t judged) const {
  const double gaps_a_week = static_cast<double>(kHoursOfWeek) * std::max(gap.level, 1e-9);
  return std::min(1.0, kSpent * budget_ / static_cast<double>(std::max<std::size_t>(judged, 1)) / gaps_a_week);
}

void GapWatch::set_limit(GapSeries& gap, const Known& known, std::size_t judged) const {
  gap.level = known.baseline.level(known.shared, known.series);
  gap.due = GapSeries::kNever;
  const double limit = gap.tail.limit(share(gap, judged), prior(known));
  Wait before;
  for (std::int64_t from = gap.heard; from < gap.heard + kLongestHours * kHourMs;) {
    const std::int64_t to = (hour_at(from) + 1) * kHourMs;
    const Factor of_hour = factor(hour_at(from), known);
    const auto passes = [&](std::int64_t at) {
      Wait wait = before;
      wait.add(of_hour, hours_of(at - from));
      return length(gap, known, wait) >= limit;
    };
    if (passes(to)) {
      std::int64_t silent = from, after = to;
      while (after - silent > kMinuteMs / 2) {
        const std::int64_t middle = silent + (after - silent) / 2;
        (passes(middle) ? after : silent) = middle;
      }
      gap.due = minute_at(after) + 1;
      return;
    }
    before.add(of_hour, hours_of(to - from));
    from = to;
  }
}

void GapWatch::hear(GapSeries& gap, const Known& known, std::size_t judged, std::int64_t now) {
  if (gap.heard > watched_from_ && gap.level > 0.0 && now >= gap.heard) {
    const Wait waited = wait(gap, known, now);
    const double stories = length(gap, known, waited);
    const double forgotten = std::min(1.0 / kMemoryGaps, waited.hours / kMemoryHours);
    gap.tail.hear(stories, 1.0 - forgotten);
    tail_.hear(stories, 1.0 - forgotten / static_cast<double>(std::max<std::size_t>(known.series, 1)));
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
  const Wait silence = wait(gap, known, now);
  out.expected = gap.level * silence.factor;
  out.ratio = known.baseline.dispersion(kDayScale, known.shared, known.series) + unknown(known, silence) * out.expected;
  const CountDistribution predicted{out.expected, out.ratio};
  out.low = upper_quantile(predicted, 0.975);
  out.high = upper_quantile(predicted, 0.025);
  out.score = length(gap, known, silence);
  out.p_value = gap.tail.beyond(out.score, prior(known));
  out.p_limit = share(gap, judged);
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
