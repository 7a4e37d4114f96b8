// Tested by tests/alerts/detector/mean_sentiment_test.cpp
// What the windows of a MeanScan say, and what they would have needed.
#include <algorithm>
#include <cmath>

#include "alerts/detector/elementary.hpp"
#include "alerts/detector/event_minutes.hpp"
#include "alerts/detector/mean_scan.hpp"

namespace tapewatch::alerts {
namespace {

constexpr double kStatistics = 8.0;  // windows that share the budget
constexpr double kChance = 0.15;     // C
constexpr double kLeastFall = 2.0;   // deviations below the mean, at least
constexpr double kHourOffs = 6.0;    // the longest window that an hour's deviations speak for

}  // namespace

double MeanScan::threshold(std::size_t series) const {
  return fixed_ ? *fixed_ : natural_log(kChance * static_cast<double>(std::max<std::size_t>(series, 1)) / budget_);
}

MeanScan::Place MeanScan::place_of(const MeanSeries& s, const ScanWindow& window, std::int64_t now) {
  std::int64_t from = 0;
  if (window.minutes <= MeanSeries::kMinutes) {
    from = (minute_at(now) - window.minutes + 1) * kMinuteMs;
  } else {
    from = (hour_at(now) - window.minutes / 60 + 1) * kHourMs;
  }
  return {window, std::max(from, s.mask_), now};
}

std::optional<MeanScore> MeanScan::judge(const MeanSeries& s, const Place& place, std::size_t series) const {
  const auto found = prospect(s, place, series, min_stories_);
  return found ? judge(*found, found->score.observed) : std::nullopt;
}

std::optional<MeanScore> MeanScan::judge(const MeanSeries& s, std::int64_t now, std::size_t series) const {
  std::optional<MeanScore> best;
  for (const ScanWindow& window : windows_) {
    const auto score = judge(s, place_of(s, window, now), series);
    if (score && (!best || score->score > best->score)) best = score;
  }
  return best && best->score > threshold(series) ? best : std::nullopt;
}

std::optional<MeanScore> MeanScan::judge_past(const MeanSeries& s, std::int64_t at, std::size_t series) const {
  std::optional<MeanScore> best;
  const std::int64_t end = (hour_at(at) + 1) * kHourMs;
  for (const ScanWindow& window : windows_) {
    if (window.minutes < 60) continue;
    const auto score = judge(s, Place{window, end - window.minutes / 60 * kHourMs, end - 1}, series);
    if (score && (!best || score->score > best->score)) best = score;
  }
  return best && best->score > threshold(series) ? best : std::nullopt;
}

/// Counts the window's votes: by minutes where those are kept.
void MeanScan::gather(const MeanSeries& s, const ScanWindow& window, MeanScore& out) const {
  double sum = 0.0;
  const bool by_minutes =
      window.minutes <= MeanSeries::kMinutes && minute_at(out.from) > s.minute_ - MeanSeries::kMinutes;
  if (by_minutes) {
    for (std::int64_t m = minute_at(out.from); m <= std::min(minute_at(out.end), s.minute_); ++m) {
      const MeanSeries::Minute& it = s.minutes_[MeanSeries::minute_place(m)];
      out.stories += it.votes;
      sum += static_cast<double>(it.sum);
    }
  } else {
    for (std::int64_t x = hour_at(out.from); x <= std::min(hour_at(out.end), s.hour_); ++x) {
      if (!s.knows(x)) continue;
      out.stories += s.cell(x).count();
      sum += static_cast<double>(s.cell(x).sum);
    }
  }
  if (out.stories > 0) out.observed = sum / static_cast<double>(out.stories);
}

std::optional<MeanScan::Prospect> MeanScan::prospect(const MeanSeries& s, const Place& place, std::size_t series,
                                                     double least) const {
  Prospect out;
  MeanScore& score = out.score;
  score.from = place.from;
  score.end = place.end;
  score.hours = place.window.minutes / 60.0;
  gather(s, place.window, score);
  const auto n = static_cast<double>(score.stories);
  if (n < least) return std::nullopt;
  out.known = baseline(before(s, hour_at(place.from)), series);
  if (out.known.own + out.known.prior < kLeastOwn || out.known.own < 1.0) return std::nullopt;
  const double variance = out.known.votes.variance();
  score.expected = out.known.votes.mean();
  score.spread = std::sqrt(variance);
  const double off = score.hours <= kHourOffs ? mood_.hour_off() : mood_.day_off();
  const double of_mean = variance / n + unknown(out.known, variance, off);
  score.deviation = std::sqrt(of_mean);
  out.draws = variance / of_mean;
  score.share = out.draws / n;
  double weekly = 0.0;
  for (const MeanSeries::Cell& cell : s.cells_) weekly += cell.count();
  out.tests = std::max(1.0, std::min(static_cast<double>(kHoursOfWeek) / score.hours, weekly / min_stories_));
  return out;
}

MeanScore MeanScan::weigh(const Prospect& window, double observed) {
  MeanScore out = window.score;
  out.observed = observed;
  const double z = std::max(0.0, out.expected - observed) / out.deviation;
  out.log_p = log_lower_tail(window.known.votes, window.draws, observed);
  out.correction = natural_log(std::max(1.0, z * z) * window.tests * kStatistics);
  out.score = -out.log_p - out.correction;
  return out;
}

std::optional<MeanScore> MeanScan::judge(const Prospect& window, double observed) {
  const double z = (window.score.expected - observed) / window.score.deviation;
  if (z < kLeastFall) return std::nullopt;
  return weigh(window, observed);
}

/// The highest mean of as many stories whose score exceeds the threshold.
std::optional<double> MeanScan::highest_alarm(const Prospect& window, double threshold) {
  constexpr double kEnough = 1e-4;
  const auto is_alarm = [&](double observed) {
    const auto score = judge(window, observed);
    return score && score->score > threshold;
  };
  double alarm = -1.0, none = window.score.expected;
  if (!is_alarm(alarm)) return std::nullopt;
  while (none - alarm > kEnough) {
    const double middle = 0.5 * (alarm + none);
    (is_alarm(middle) ? alarm : none) = middle;
  }
  return alarm;
}

std::vector<MeanScan::Explained> MeanScan::explain(const MeanSeries& s, std::int64_t now, std::size_t series) const {
  std::vector<Explained> out;
  out.reserve(windows_.size());
  for (const ScanWindow& window : windows_) {
    Explained one;
    one.window = window;
    const Place place = place_of(s, window, now);
    if (place.from > now) {
      one.standing = Standing::masked;
    } else if (const auto found = prospect(s, place, series, 1.0)) {
      one.score = weigh(*found, found->score.observed);
      if (static_cast<double>(found->score.stories) >= min_stories_) {
        one.bound = highest_alarm(*found, threshold(series));
      }
    } else {
      one.standing = Standing::too_young;
    }
    out.push_back(one);
  }
  return out;
}

}  // namespace tapewatch::alerts
