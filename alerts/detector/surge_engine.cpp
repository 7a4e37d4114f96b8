// Tested by tests/alerts/detector/surge_engine_test.cpp
#include "alerts/detector/surge_engine.hpp"

#include <algorithm>

#include "alerts/detector/blob.hpp"
#include "alerts/detector/elementary.hpp"
#include "alerts/detector/event_minutes.hpp"

namespace tapewatch::alerts {
namespace {

/// The end of the fullest window of `length` minutes that holds minute `at` and ends no later than `last`.
std::int64_t fullest_end(const SeriesBaseline& baseline, std::int64_t at, std::int64_t last, int length) {
  std::uint64_t count = 0;
  for (std::int64_t m = at - length + 1; m <= at; ++m) count += baseline.minute_count(m);
  std::int64_t best = at;
  std::uint64_t most = count;
  for (std::int64_t end = at + 1; end <= std::min(last, at + length - 1); ++end) {
    count += baseline.minute_count(end);
    count -= baseline.minute_count(end - length);
    if (count > most) most = count, best = end;
  }
  return best;
}

}  // namespace

SurgeEngine::SurgeEngine(std::span<const int> window_minutes, std::size_t min_stories, double budget_a_week)
    : min_stories_(static_cast<double>(min_stories)), threshold_(budget_a_week) {
  for (const int length : window_minutes) windows_.push_back(scan_window(length));
}

SurgeEngine::SurgeEngine(const RuleOptions& rule, const SurgeModel& model)
    : min_stories_(static_cast<double>(rule.min_stories)), shared_(model), threshold_(rule.false_alarms.a_week()) {
  shared_.set_calendar(RuleCalendar(rule));
  windows_ = scan_windows(rule.windows);
}

void SurgeEngine::add(SurgeSeries& s) {
  ++series_;
  const double mean = shared_.rate() / static_cast<double>(series_);
  const double credit = std::min(1344.0, shared_.model().silence_credit / std::max(mean, 1e-6));
  const std::int64_t silent = std::min(shared_.age(), static_cast<std::int64_t>(credit));
  s.baseline.begin(shared_.hour() - silent, shared_, series_);
  s.baseline.advance(shared_.hour(), shared_, series_, std::nullopt);
  weigh(s);
}

void SurgeEngine::remove(const SurgeSeries& s) {
  --series_;
  threshold_.replace(s.chance, AlarmThreshold::nothing());
}

void SurgeEngine::touch(SurgeSeries& s) {
  if (s.baseline.hour() >= shared_.hour()) return;
  s.baseline.advance(shared_.hour(), shared_, series_, s.judge.level());
  s.judge.close_hour(shared_.hour() - 1, threshold_);
  weigh(s);
}

void SurgeEngine::weigh(SurgeSeries& s) {
  const ChanceRate chance =
      chance_rate({s.baseline.level(shared_, series_), s.baseline.dispersion(kDayScale, shared_, series_),
                   static_cast<std::size_t>(min_stories_), series_, shared_.model().least_clumping});
  threshold_.replace(s.chance, chance);
  s.chance = chance;
}

bool SurgeEngine::count(SurgeSeries& s, std::int64_t at, std::int64_t now) {
  touch(s);
  if (!s.baseline.count(minute_at(at), shared_)) return false;
  if (hour_at(at) == shared_.hour()) shared_.note_vote();
  const SurgeScan scan(s.baseline, shared_, series_, min_stories_);
  if (now - at < 2 * 60 * kMinuteMs && !s.judge.open()) {
    s.judge.sums().hear(now, scan.exposure_at(now), s.baseline, shared_.drift());
  }
  return true;
}

SurgeJudge::Verdict SurgeEngine::judge(SurgeSeries& s, std::int64_t at, std::int64_t now) {
  scores_.clear();
  const SurgeScan scan(s.baseline, shared_, series_, min_stories_);
  scan.windows(windows_, now + 1, s.judge.mask(), scores_);
  if (shared_.model().sums && !s.judge.open()) scan.sums(s.judge.sums(), now, scores_);
  const std::int64_t minute = minute_at(at), last = minute_at(now);
  if (minute < last) {  // out of order: short windows in its own time
    for (const ScanWindow& window : windows_) {
      if (window.minutes > 60) break;
      const std::int64_t end = fullest_end(s.baseline, minute, last, window.minutes);
      if (end < last) scan.windows({window}, (end + 1) * kMinuteMs, s.judge.mask(), scores_);
    }
  }
  return s.judge.hear(now, scores_, threshold_, s.baseline, shared_, series_);
}

std::optional<Score> SurgeEngine::judge_past(SurgeSeries& s, std::int64_t at) {
  scores_.clear();
  const SurgeScan scan(s.baseline, shared_, series_, min_stories_);
  const std::int64_t hour = hour_at(at);
  for (std::int64_t end = hour; end < std::min(hour + 24, s.baseline.hour()); ++end) scan.past(windows_, end, scores_);
  const auto best = std::max_element(scores_.begin(), scores_.end(),
                                     [](const Score& a, const Score& b) { return a.score < b.score; });
  if (best == scores_.end() || best->score <= threshold_.value()) return std::nullopt;
  return *best;
}

void SurgeEngine::open(SurgeSeries& s, std::int64_t now, const Score& score) {
  s.judge.open(now, score, threshold_, s.baseline, shared_, series_);
}

bool SurgeEngine::in_open_window(std::int64_t at) const {
  const std::int64_t longest = windows_.empty() ? 60 : windows_.back().minutes;
  return hour_at(at) >= shared_.hour() - (longest + 59) / 60;
}

void SurgeEngine::take_back(SurgeSeries& s, std::int64_t at) {
  touch(s);
  if (!in_open_window(at) || !s.baseline.take_back(minute_at(at))) return;
  shared_.forget_vote(hour_at(at));
  s.judge.take_back(at, s.baseline, shared_, series_);
}

void SurgeEngine::put_back(SurgeSeries& s, std::int64_t at) {
  touch(s);
  if (!in_open_window(at) || !s.baseline.put_back(minute_at(at))) return;
  if (hour_at(at) == shared_.hour()) shared_.note_vote();
}

void SurgeEngine::pass(SurgeSeries& s, std::int64_t now) {
  touch(s);
  s.judge.pass(now, s.baseline, shared_, series_);
}

void SurgeEngine::close_hour(std::span<SurgeSeries* const> active) {
  for (SurgeSeries* s : active) {
    touch(*s);
    s->baseline.close_hour(shared_, series_, s->judge.level());
    s->judge.close_hour(shared_.hour(), threshold_);
  }
  shared_.close();
  threshold_.close_hour(series_, shared_.rate() / static_cast<double>(std::max<std::size_t>(series_, 1)));
}

template <class Use>
auto SurgeEngine::look(const SurgeSeries& s, double min_count, const Use& use) const {
  if (s.baseline.hour() == shared_.hour()) return use(SurgeScan(s.baseline, shared_, series_, min_count), s.judge);
  SurgeSeries copy = s;
  SharedBaseline shared = shared_;
  copy.baseline.advance(shared.hour(), shared, series_, copy.judge.level());
  return use(SurgeScan(copy.baseline, shared, series_, min_count), copy.judge);
}

std::optional<Score> SurgeEngine::reading(const SurgeSeries& s, int window_minutes, std::int64_t now) const {
  return look(s, 0.0, [&](const SurgeScan& scan, const SurgeJudge&) {
    return scan.reading(scan_window(window_minutes), now + 1);
  });
}

SurgeEngine::Explained SurgeEngine::explain(const SurgeSeries& s, std::int64_t now) const {
  return look(s, min_stories_, [&](const SurgeScan& scan, const SurgeJudge& judge) {
    Explained out;
    out.windows = scan.explain(windows_, now + 1, judge.mask(), threshold_.value());
    if (shared_.model().sums && !judge.open()) scan.sums(judge.sums(), now, out.sums);
    return out;
  });
}

std::vector<std::optional<CountDistribution>> SurgeEngine::expected(const SurgeSeries& s, int window_minutes,
                                                                    std::span<const std::int64_t> ends) const {
  SurgeSeries copy = s;  // what is looked at stays as it is: the touch is a copy's
  SharedBaseline shared = shared_;
  if (copy.baseline.hour() < shared.hour()) copy.baseline.advance(shared.hour(), shared, series_, copy.judge.level());
  const SurgeScan scan(copy.baseline, shared, series_, 0.0);
  std::vector<std::optional<CountDistribution>> out;
  out.reserve(ends.size());
  for (const std::int64_t end : ends) {
    const bool known = copy.baseline.knows(hour_at(end - 1));
    const auto score = known ? scan.reading(scan_window(window_minutes), end) : std::nullopt;
    out.push_back(score ? std::optional<CountDistribution>({score->mean, score->ratio}) : std::nullopt);
  }
  return out;
}

void SurgeEngine::save_sums(BlobWriter& out) const {
  out.u64(series_);
  shared_.save_sums(out);
  threshold_.save(out);
}

void SurgeEngine::load_sums(BlobReader& in) {
  series_ = in.u64();
  shared_.load_sums(in);
  threshold_.load(in);
}

}  // namespace tapewatch::alerts
