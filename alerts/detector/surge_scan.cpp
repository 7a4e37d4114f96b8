// Tested by tests/alerts/detector/surge_engine_test.cpp
#include "alerts/detector/surge_scan.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "alerts/detector/elementary.hpp"
#include "alerts/detector/event_minutes.hpp"
#include "alerts/detector/negative_binomial.hpp"

namespace tapewatch::alerts {
namespace {

constexpr double kWeekHours = 168.0;
constexpr double kTests = 8.0;       // statistics that share the budget
constexpr double kRemarkable = 1.5;  // deviations above the mean below which no tail is summed
constexpr std::int64_t kNowcastHours = 168;
constexpr std::int64_t kNaiveAfter = 52;  // hours of the rule before it

double part_of_hour(std::int64_t ms, std::int64_t hour) {
  return static_cast<double>(ms - hour * kHourMs) / static_cast<double>(kHourMs);
}

/// How many independent tests the positions of a sliding window amount to: its count crosses this one so often upwards.
double slides(double count, double mean, double dispersion) {
  const double beyond = count - mean;
  return std::max(1.0, beyond * beyond / (dispersion * std::max(count, 1.0)));
}

}  // namespace

std::size_t nearest_scale(double hours) {
  std::size_t nearest = 0;
  for (std::size_t s = 1; s < kScales; ++s) {
    if (hours * hours > kScaleHours[s - 1] * kScaleHours[s]) nearest = s;
  }
  return nearest;
}

ScanWindow scan_window(int minutes) { return {minutes, nearest_scale(minutes / 60.0)}; }

std::vector<ScanWindow> scan_windows(std::span<const std::chrono::milliseconds> lengths) {
  std::vector<ScanWindow> windows;
  for (const auto length : lengths) windows.push_back(scan_window(static_cast<int>(length / std::chrono::minutes{1})));
  const auto shorter = [](const ScanWindow& a, const ScanWindow& b) { return a.minutes < b.minutes; };
  const auto equal = [](const ScanWindow& a, const ScanWindow& b) { return a.minutes == b.minutes; };
  std::sort(windows.begin(), windows.end(), shorter);
  windows.erase(std::unique(windows.begin(), windows.end(), equal), windows.end());
  return windows;
}

double SurgeScan::exposure_at(std::int64_t ms) const {
  const std::int64_t hour = baseline_.hour();
  return baseline_.exposure() + baseline_.cell(hour).factor * shared_.share(part_of_hour(ms, hour));
}

/// What an hour had on the last two days of the same kind: the smaller count, and whether it came together on both.
SurgeScan::Recurrence SurgeScan::recurrence(std::int64_t hour) const {
  const RuleCalendar& calendar = shared_.calendar();
  const auto on_weekend = [&](std::int64_t x) { return is_weekend(calendar.slot(x, baseline_.own_entries())); };
  int found = 0;
  Recurrence out{1e18, true};
  for (std::int64_t day = 1; day <= 6 && found < 2; ++day) {
    const std::int64_t before = calendar.days_before(hour, day);
    if (!baseline_.knows(before)) break;
    if (on_weekend(before) != on_weekend(hour)) continue;
    ++found;
    out.count = std::min(out.count, static_cast<double>(baseline_.cell(before).count));
    out.bunched = out.bunched && baseline_.cell(before).bunched;
  }
  return found == 2 ? out : Recurrence{};
}

double SurgeScan::covered(const Stretch& s, std::int64_t hour) const {
  return shared_.share(std::min(1.0, part_of_hour(s.end, hour))) -
         shared_.share(std::max(0.0, part_of_hour(s.from, hour)));
}

/// The count that the same hours had on the last two days of the same kind: what comes back every day is expected,
/// whatever the season knows of it.
double SurgeScan::naive_mean(const Stretch& s) const {
  if (s.nominal > shared_.model().naive_hours || shared_.age() < kNaiveAfter) return 0.0;
  double mean = 0.0;
  for (std::int64_t x = hour_at(s.from); x <= hour_at(s.end - 1); ++x) mean += recurrence(x).count * covered(s, x);
  return mean;
}

/// What comes back every day and comes together, as a column does, may come at any moment of its hour: of the hours in
/// which the stretch begins and ends it is expected whole.
double SurgeScan::recurring(const Stretch& s) const {
  const auto rest = [&](std::int64_t hour) {
    const Recurrence daily = recurrence(hour);
    return daily.bunched ? daily.count * (1.0 - covered(s, hour)) : 0.0;
  };
  const std::int64_t first = hour_at(s.from), last = hour_at(s.end - 1);
  return rest(last) + (first == last ? 0.0 : rest(first));
}

void SurgeScan::nowcast(const Stretch& s, Score& out) const {
  constexpr double kRamp = 0.05;  // relative variance of a quarter of an hour's rate around three hours'
  const std::int64_t open = baseline_.hour();
  if (series_ < 5 || s.nominal > 3.0 || shared_.age() > kNowcastHours || hour_at(s.end - 1) != open) return;
  double own = 0.0;
  for (std::int64_t x = open - 3; x <= open; ++x) own += baseline_.knows(x) ? baseline_.cell(x).count : 0.0;
  const double others = std::max(0.0, shared_.recent_votes() - own);
  const double hours = std::min(3.0, static_cast<double>(shared_.age())) + part_of_hour(s.end, open);
  const double share = std::min(0.5, s.level / std::max(shared_.rate(), 1e-6));
  const double spread = std::max(shared_.dispersion(kHourScale), 1.0);
  const double variance = s.level_variance + 1.0 / (others / spread + 1.0) + kRamp + shared_.drift();
  if (variance >= out.variance) return;
  out.level_mean = std::max(1e-9, share / (1.0 - share) * (others + 1.0) / hours * s.hours);
  out.variance = variance;
}

/// What a short stretch must allow for of the dispersion of three hours. Clumps of a sparse series are known from few
/// stories: fixed five minutes side by side hardly ever hold two of a clump, and would be thought Poisson, but a window
/// that slides until it holds most of one finds it.
double SurgeScan::part_of_clump(const Stretch& s) const {
  constexpr std::array<double, kClumpScale> kParts = {0.2, 0.4, 0.7};
  constexpr double kOfSum = 0.5;  // at least, as a sum begins with the clump
  if (s.scale >= kClumpScale) return 0.0;
  const double part = s.sum ? std::max(kOfSum, kParts[s.scale]) : kParts[s.scale];
  return part / (1.0 + kScaleHours[kClumpScale] * s.level);
}

std::optional<Score> SurgeScan::judge(const Stretch& s) const {
  const SurgeModel& model = shared_.model();
  const bool young = s.exposure < model.young_exposure;
  Score out;
  out.from = s.from;
  out.end = s.end - 1;
  out.hours = s.nominal;
  out.count = s.count;
  out.level = s.level;
  out.level_variance = s.level_variance;
  out.level_mean = std::max(s.level * s.factor, 1e-9);
  const double spread_out = std::min(young ? 6.0 : 1.5, std::max(1.0, s.hours));
  out.variance =
      s.level_variance + s.rough / (s.factor * s.factor) * (s.hours >= 1.0 ? spread_out : 1.0) + shared_.drift();
  if (young) out.variance += std::min(2.0, 6.0 * s.uncertainty / (s.exposure * s.exposure));
  if (young) nowcast(s, out);
  const double clumping = baseline_.clumping(shared_, series_);
  const double hour_share = s.hours > 1.5 ? 1.5 / s.hours : 1.0;
  out.dispersion =
      std::max({baseline_.dispersion(s.scale, shared_, series_), 1.0 + clumping * out.level_mean * hour_share,
                1.0 + part_of_clump(s) * (baseline_.dispersion(kClumpScale, shared_, series_) - 1.0)});
  const auto remarkable = [&](double mean) {
    const double ratio = out.dispersion + out.variance * mean;
    return s.count > mean + kRemarkable * std::sqrt(ratio * mean);
  };
  out.mean = out.level_mean;
  if (s.remarkable_only && !remarkable(out.mean)) return std::nullopt;
  const double column = recurring(s);
  out.recurring = naive_mean(s) + column;
  out.mean = std::max(out.level_mean + column, out.recurring);
  if (s.remarkable_only && !remarkable(out.mean)) return std::nullopt;
  out.ratio = out.dispersion + out.variance * out.mean;
  out.log_p = log_upper_tail({out.mean, out.ratio}, s.count);
  out.correction =
      natural_log(slides(s.count, out.mean, out.dispersion) * std::max(1.0, kWeekHours / s.nominal) * kTests);
  out.score = -out.log_p - out.correction;
  return out;
}

void SurgeScan::Walk::extend(const SeriesBaseline& baseline, std::int64_t to) {
  for (; from > to; --from) {
    const HourCell& cell = baseline.cell(from - 1);
    votes += cell.count;
    factor += cell.factor;
    rough += cell.rough();
  }
}

std::int64_t SurgeScan::begin_of(const ScanWindow& window, std::int64_t end, std::int64_t mask) {
  if (window.minutes <= SeriesBaseline::kMinutes) {
    return std::max((minute_at(end - 1) - window.minutes + 1) * kMinuteMs, mask);
  }
  const std::int64_t masked = (mask + kHourMs - 1) / kHourMs * kHourMs;
  return std::max((hour_at(end - 1) + 1 - window.minutes / 60) * kHourMs, masked);
}

std::optional<SurgeScan::Stretch> SurgeScan::stretch(const ScanWindow& window, std::int64_t end, std::int64_t mask,
                                                     Walk& walk) const {
  Stretch s;
  s.from = begin_of(window, end, mask);
  if (s.from >= end) return std::nullopt;
  const std::int64_t first = hour_at(s.from);
  if (!baseline_.knows(first)) return std::nullopt;
  const std::int64_t hour = hour_at(end - 1);
  s.end = end;
  s.nominal = window.minutes / 60.0;
  s.scale = window.scale;
  s.hours = static_cast<double>(end - s.from) / static_cast<double>(kHourMs);
  const HourCell& last = baseline_.cell(hour);
  const HourCell& begun = baseline_.cell(first);
  const double to = part_of_hour(end, hour), from = part_of_hour(s.from, first);
  double votes = 0.0;
  if (first == hour) {
    s.factor = last.factor * (shared_.share(to) - shared_.share(from));
    s.rough = last.rough() * (to - from);
  } else {
    walk.extend(baseline_, first + 1);
    s.factor = walk.factor + last.factor * shared_.share(to) + begun.factor * (1.0 - shared_.share(from));
    s.rough = walk.rough + last.rough() * to + begun.rough() * (1.0 - from);
    votes = walk.votes + begun.count;
  }
  if (window.minutes > SeriesBaseline::kMinutes) {
    s.count = votes + last.count;
  } else {
    if (walk.minute == INT64_MAX) walk.minute = minute_at(end - 1) + 1;
    while (walk.minute > s.from / kMinuteMs) walk.minute_votes += baseline_.minute_count(--walk.minute);
    s.count = walk.minute_votes;
  }
  s.level = begun.level;
  s.level_variance = begun.level_variance;
  // What the series had seen when this began: all, less the hours since.
  Walk since;
  since.from = baseline_.hour();
  since.extend(baseline_, hour);
  const double walked = first < hour ? walk.factor + begun.factor : 0.0;
  const double walked_rough = first < hour ? walk.rough + begun.rough() : 0.0;
  s.exposure = baseline_.exposure() - since.factor - walked;
  s.uncertainty = std::max(0.0, baseline_.uncertainty() - since.rough - walked_rough);
  if (s.hours < 1.0) s.rough = s.factor * s.factor * last.factor_variance;
  return s;
}

Standing SurgeScan::standing(const std::optional<Stretch>& s, double shorter) const {
  if (!s || s->hours < shorter - 1.0 / 60) return Standing::masked;
  if (s->factor <= 0.0) return Standing::unwatched;
  // No window is judged that is longer than half of what its level was learned from.
  const double least = std::max(shared_.model().tested_after, 2.0 * s->hours - 1.0);
  return s->exposure < least ? Standing::too_young : Standing::judged;
}

void SurgeScan::windows(const std::vector<ScanWindow>& windows, std::int64_t end, std::int64_t mask,
                        std::vector<Score>& out) const {
  double shorter = 0.0;
  Walk walk;
  walk.from = hour_at(end - 1);
  for (const ScanWindow& window : windows) {
    const auto s = stretch(window, end, mask, walk);
    const double least = std::exchange(shorter, window.minutes / 60.0);
    if (!s || s->count < min_count_ || standing(s, least) != Standing::judged) continue;
    if (const auto score = judge(*s)) out.push_back(*score);
  }
}

void SurgeScan::past(const std::vector<ScanWindow>& windows, std::int64_t hour, std::vector<Score>& out) const {
  for (const ScanWindow& window : windows) {
    if (window.minutes < 60) continue;
    Stretch s;
    s.end = (hour + 1) * kHourMs;
    s.nominal = s.hours = window.minutes / 60.0;
    s.scale = window.scale;
    const std::int64_t first = hour + 1 - std::max(1, window.minutes / 60);
    s.from = first * kHourMs;
    if (!baseline_.knows(first)) continue;
    for (std::int64_t x = first; x <= hour; ++x) {
      const HourCell& cell = baseline_.cell(x);
      s.count += cell.count;
      s.factor += cell.factor;
      s.rough += cell.rough();
    }
    s.level = baseline_.cell(first).level;
    s.level_variance = baseline_.cell(first).level_variance;
    s.exposure = baseline_.exposure();
    s.uncertainty = baseline_.uncertainty();
    for (std::int64_t x = first; x < baseline_.hour(); ++x) s.exposure -= baseline_.cell(x).factor;
    if (s.count < min_count_ || s.factor <= 0.0 || s.exposure < shared_.model().tested_after) continue;
    if (const auto score = judge(s)) out.push_back(*score);
  }
}

std::optional<Score> SurgeScan::reading(const ScanWindow& window, std::int64_t end) const {
  Walk walk;
  walk.from = hour_at(end - 1);
  auto s = stretch(window, end, INT64_MIN / 2, walk);
  if (!s || s->factor <= 0.0) return std::nullopt;
  s->remarkable_only = false;
  s->exposure = std::max(s->exposure, 1e-3);
  return judge(*s);
}

void SurgeScan::sums(const SurgeSums& sums, std::int64_t now, std::vector<Score>& out) const {
  const double exposure = exposure_at(now);
  for (std::size_t i = 0; i < SurgeSums::kSums; ++i) {
    const SurgeSums::Sum& sum = sums.sums()[i];
    if (sum.count < min_count_ || sum.start < shared_.model().tested_after || sum.last < exposure) continue;
    Stretch s;
    s.from = sum.from;
    s.end = now + 1;
    s.hours = std::max(1.0 / 60, static_cast<double>(s.end - s.from) / static_cast<double>(kHourMs));
    s.nominal = s.hours;
    s.count = sum.count;
    s.factor = std::max(exposure - sum.start, 1e-6);
    s.rough = std::max(0.0, baseline_.uncertainty() - sum.rough);
    const HourCell& cell = baseline_.cell(baseline_.hour());
    if (s.hours < 1.0 || s.rough == 0.0) s.rough = s.factor * s.factor * cell.factor_variance;
    s.level = sum.level;
    s.level_variance = sum.level_variance;
    s.exposure = sum.start;
    s.uncertainty = sum.rough;
    s.scale = nearest_scale(s.hours);
    s.sum = true;
    auto score = judge(s);
    if (!score) continue;
    // The rate at which a sum of this size of surge gets as high: level x (g - 1 - ln g) x exp(-A), in units of φ.
    const double surge = SurgeSums::kSurges[i];
    const double pace = surge - 1.0 - natural_log(surge);
    const double by_sum = sum.evidence / score->dispersion -
                          natural_log(kWeekHours * std::max(s.level, 1e-6) * pace / score->dispersion * kTests);
    if (by_sum < score->score) {
      score->correction += score->score - by_sum;
      score->score = by_sum;
    }
    out.push_back(*score);
  }
}

double SurgeScan::escalation(const Score& score, double rate_ratio, double rate_variance) {
  const double mean = std::max(score.level_mean * rate_ratio, score.recurring);
  const double ratio = score.dispersion + (score.variance + rate_variance) * mean;
  if (score.count <= 2.0 * mean || score.count <= mean + 2.0 * std::sqrt(ratio * mean)) return -1e9;
  const double positions = slides(score.count, mean, score.dispersion);
  return -log_upper_tail({mean, ratio}, score.count) - natural_log(positions * kWeekHours / score.hours * kTests);
}

}  // namespace tapewatch::alerts
