// Tested by tests/alerts/detector/mean_sentiment_test.cpp
#include "alerts/detector/mean_scan.hpp"

#include <algorithm>
#include <cmath>

#include "alerts/detector/elementary.hpp"
#include "alerts/detector/event_minutes.hpp"

namespace tapewatch::alerts {
namespace {

constexpr double kRulePrior = 20.0;       // votes that draw a series to its rule
constexpr double kRuleKnown = 50.0;       // votes from which on there is something to be drawn to
constexpr double kBlankPrior = 2.0;       // votes spread evenly, else
constexpr double kSeriesVariance = 0.06;  // of the series' means around their rule's
constexpr double kMemoryVotes = 300.0;
constexpr double kShortestMemory = 10.0 * 24 * 1.443, kLongestMemory = 60.0 * 24 * 1.443;  // hours
constexpr double kCalm = 5.0;
constexpr double kMarginalFall = 3.0;  // above the threshold
constexpr double kAcceptHours = 21.0 * 24;
constexpr std::int64_t kTeachDelay = 24;

double to_hours(std::int64_t ms) { return static_cast<double>(ms) / static_cast<double>(kHourMs); }

std::uint64_t to_millionths(double mean) {
  return static_cast<std::uint64_t>(std::llround((std::clamp(mean, -1.0, 1.0) + 1.0) * 1e6));
}

double from_millionths(std::uint64_t millionths) { return static_cast<double>(millionths) * 1e-6 - 1.0; }

}  // namespace

Reading reading_of(const MeanScore& score, double threshold) {
  constexpr double kCentral = 1.96;
  Reading out;
  out.from = minute_at(score.from);
  out.to = minute_at(score.end);
  out.window = out.to - out.from + 1;
  out.observed = score.stories;
  out.expected = score.expected;
  out.ratio = score.observed;
  out.low = to_millionths(score.expected - kCentral * score.deviation);
  out.high = to_millionths(score.expected + kCentral * score.deviation);
  out.p_value = exponential(score.log_p);
  out.p_limit = std::min(1.0, exponential(-score.correction - threshold));
  out.score = score.score;
  return out;
}

MeanReading mean_of(const Reading& reading) {
  return {reading.ratio, reading.expected, from_millionths(reading.low), from_millionths(reading.high)};
}

MeanScan::MeanScan(const RuleOptions& rule)
    : min_stories_(static_cast<double>(rule.min_stories)), budget_(rule.false_alarms.a_week()) {
  windows_ = scan_windows(rule.windows);
}

// ---- what is learned -----------------------------------------------------------------------------------------------

void MeanScan::begin(MeanSeries& s, std::int64_t hour) const {
  s.first_ = s.hour_ = hour;
  s.cells_.assign(static_cast<std::size_t>(MeanSeries::kHours), {});
  s.minutes_.assign(static_cast<std::size_t>(MeanSeries::kMinutes), {});
}

void MeanScan::advance(MeanSeries& s, std::int64_t hour, std::size_t series) {
  while (s.hour_ < hour) {
    s.cell(s.hour_).excluded = s.open_;
    s.note_change(s.hour_);
    learn(s, s.hour_ - kTeachDelay, series);
    ++s.hour_;
    MeanSeries::Cell& oldest = s.cell(s.hour_);  // a week ago
    double votes = 0.0;
    for (const MeanSeries::Cell& cell : s.cells_) votes += cell.count();
    const double memory =
        std::clamp(kMemoryVotes * MeanSeries::kHours / std::max(votes, 1.0), kShortestMemory, kLongestMemory);
    s.before_.decay(1.0 - 1.0 / memory);
    if (!oldest.excluded) s.before_.add(oldest.histogram());
    oldest = {};
    s.note_change(s.hour_);
  }
}

/// An hour, and the day that ends with it, after a delay: by then a fall that began in it is known as one.
void MeanScan::learn(const MeanSeries& s, std::int64_t hour, std::size_t series) {
  if (!s.knows(hour)) return;
  const bool ends_day = (hour + 1) % 24 == 0;
  const SentimentHistogram own = s.cell(hour).histogram();
  if (own.count > 0.0 && !s.cell(hour).excluded) mood_.hear(own);
  if (own.count < 2.0 && !ends_day) return;
  const auto compare = [&](const SentimentHistogram& block, std::int64_t from, auto hear) {
    const Baseline known = baseline(before(s, from), series);
    if (known.own < kLeastOwn) return;
    const double spread = known.votes.variance();
    hear(block.mean() - known.votes.mean(), spread / block.count + unknown(known, spread, 0.0));
  };
  if (own.count >= 2.0 && !s.cell(hour).excluded) {
    compare(own, hour, [&](double residual, double within) { mood_.hear_hour(residual, within); });
  }
  if (!ends_day || !s.knows(hour - 23)) return;
  SentimentHistogram day;
  for (std::int64_t x = hour - 23; x <= hour; ++x) {
    if (s.cell(x).excluded) return;
    day.add(s.cell(x).histogram());
  }
  if (day.count < 4.0) return;
  compare(day, hour - 23, [&](double residual, double within) { mood_.hear_day(residual, within); });
}

/// The series' votes before an hour.
SentimentHistogram MeanScan::before(const MeanSeries& s, std::int64_t hour) const {
  SentimentHistogram out = s.before_;
  for (std::int64_t x = std::max(s.first_, s.hour_ - MeanSeries::kHours + 1); x < hour; ++x) {
    const MeanSeries::Cell& cell = s.cell(x);
    if (!cell.excluded && cell.count() > 0) out.add(cell.histogram());
  }
  return out;
}

MeanScan::Baseline MeanScan::baseline(const SentimentHistogram& own, std::size_t series) const {
  Baseline out;
  out.votes = own;
  out.own = own.count;
  if (series > 1 && mood_.votes().count >= kRuleKnown) {
    out.prior = kRulePrior;
    out.votes.add(mood_.votes(), kRulePrior / mood_.votes().count);
  } else {
    SentimentHistogram blank;
    blank.count = kBlankPrior;
    blank.votes.fill(kBlankPrior / static_cast<double>(SentimentHistogram::kBins));
    blank.sum = own.count > 0.0 ? kBlankPrior * own.mean() : 0.0;
    out.votes.add(blank);
  }
  return out;
}

double MeanScan::unknown(const Baseline& known, double spread, double off) {
  const double drawn = known.prior / (known.own + known.prior + kBlankPrior);
  return off + spread / known.votes.count + drawn * drawn * kSeriesVariance;
}

bool MeanScan::in_open_window(const MeanSeries& s, std::int64_t at) const {
  const std::int64_t longest = windows_.empty() ? 60 : windows_.back().minutes;
  return s.knows(hour_at(at)) && hour_at(at) >= s.hour_ - (longest + 59) / 60;
}

void MeanScan::take_back(MeanSeries& s, std::int64_t at, double sentiment) const {
  if (!in_open_window(s, at)) return;
  MeanSeries::Cell& cell = s.cell(hour_at(at));
  std::uint16_t& votes = cell.votes[SentimentHistogram::bin_of(sentiment)];
  if (votes == 0) return;
  --votes;
  const bool empty = std::all_of(cell.votes.begin(), cell.votes.end(), [](std::uint16_t left) { return left == 0; });
  cell.sum = empty ? 0.0f : cell.sum - static_cast<float>(sentiment);  // nothing is left by rounding
  s.note_change(hour_at(at));
  const std::int64_t minute = minute_at(at);
  if (minute > s.minute_ || minute <= s.minute_ - MeanSeries::kMinutes) return;
  MeanSeries::Minute& it = s.minutes_[MeanSeries::minute_place(minute)];
  if (it.votes == 0) return;
  --it.votes;
  it.sum = it.votes == 0 ? 0.0f : it.sum - static_cast<float>(sentiment);
}

void MeanScan::put_back(MeanSeries& s, std::int64_t at, double sentiment) const {
  const bool open = std::exchange(s.open_, false);  // the fall's test has heard what came then
  if (in_open_window(s, at)) count(s, at, sentiment, at);
  s.open_ = open;
}

bool MeanScan::count(MeanSeries& s, std::int64_t at, double sentiment, std::int64_t now) const {
  const std::int64_t hour = hour_at(at), minute = minute_at(at);
  if (!s.knows(hour)) return false;
  MeanSeries::Cell& cell = s.cell(hour);
  std::uint16_t& votes = cell.votes[SentimentHistogram::bin_of(sentiment)];
  if (votes < UINT16_MAX) {
    ++votes;
    cell.sum += static_cast<float>(sentiment);
  }
  s.note_change(hour);
  if (minute > s.minute_) {
    const std::int64_t first = std::max(s.minute_ + 1, minute - MeanSeries::kMinutes + 1);
    for (std::int64_t m = first; m <= minute; ++m) s.minutes_[MeanSeries::minute_place(m)] = {};
    s.minute_ = minute;
  }
  if (minute > s.minute_ - MeanSeries::kMinutes) {
    MeanSeries::Minute& it = s.minutes_[MeanSeries::minute_place(minute)];
    ++it.votes;
    it.sum += static_cast<float>(sentiment);
  }
  if (!s.open_) return true;
  const double z = (sentiment - s.expected_) / s.spread_;
  s.evidence_ = std::max(0.0, s.evidence_ + (s.fall_ * z + 0.5 * s.fall_ * s.fall_) * s.share_);
  if (s.evidence_ <= 0.0) s.zero_ = now;
  s.latest_ = now;
  return true;
}

// ---- the life of a fall --------------------------------------------------------------------------------------------

void MeanScan::follow(MeanSeries& s, const MeanScore& score) const {
  if (s.open_ && score.score <= s.peak_) return;
  s.peak_ = score.score;
  s.hours_ = score.hours;
  s.share_ = score.share;
  s.fall_ = std::clamp(0.7 * (score.expected - score.observed) / score.spread, 0.25, 2.0);
}

void MeanScan::open(MeanSeries& s, std::int64_t now, const MeanScore& score, std::size_t series) const {
  follow(s, score);
  s.open_ = true;
  s.opened_ = s.zero_ = s.latest_ = now;
  s.from_ = score.from;
  s.expected_ = score.expected;
  s.spread_ = score.spread;
  s.evidence_ = 0.0;
  s.limit_ = threshold(series);
  s.accept_hours_ = std::clamp(static_cast<double>(s.hour_ - s.first_), 24.0, kAcceptHours);
  for (std::int64_t x = hour_at(score.from); x < s.hour_; ++x) {
    if (!s.knows(x)) continue;
    s.cell(x).excluded = true;
    s.note_change(x);
  }
}

bool MeanScan::calm(const MeanSeries& s, std::int64_t now) const {
  if (now - s.opened_ < kHourMs) return false;
  return s.evidence_ >= kCalm || to_hours(now - s.latest_) >= std::max(24.0, s.hours_);
}

bool MeanScan::lasts(const MeanSeries& s, std::int64_t now) const {
  return s.open_ && to_hours(now - s.opened_) >= s.accept_hours_;
}

void MeanScan::close(MeanSeries& s, std::int64_t now) const {
  const bool accepted = lasts(s, now);
  s.open_ = false;
  s.mask_ = accepted ? now : s.zero_;
  // What hardly was an alarm may have been chance: all of it is learned.
  const bool chance = !accepted && s.peak_ < s.limit_ + kMarginalFall;
  const std::int64_t half = hour_at(s.opened_ + (now - s.opened_) / 2);
  const std::int64_t normal = accepted ? half : chance ? hour_at(s.from_) : hour_at(s.zero_) + 1;
  if (accepted) s.before_ = {};
  for (std::int64_t x = std::max(s.first_, s.hour_ - MeanSeries::kHours + 1); x <= s.hour_; ++x) {
    if (x >= normal) {
      s.cell(x).excluded = false;
    } else if (accepted) {
      s.cell(x).excluded = true;  // of the level before
    }
    s.note_change(x);
  }
}

}  // namespace tapewatch::alerts
