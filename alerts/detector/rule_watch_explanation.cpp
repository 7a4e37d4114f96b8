// Tested by tests/alerts/detector/judgement_test.cpp
// What a RuleWatch makes of a series now, without changing anything.
#include <algorithm>

#include "alerts/detector/event_minutes.hpp"
#include "alerts/detector/rule_watch.hpp"

namespace tapewatch::alerts {
namespace {

using std::chrono::minutes;

/// The members that every measure has. A window is named by its length, although the last minute has only begun.
WindowJudgement window_judgement(const Reading& reading, std::int64_t length) {
  WindowJudgement out;
  out.window = minutes{length};
  out.window_start = start_of_minute(reading.from);
  out.window_end = start_of_minute(reading.to + 1);
  out.observed = reading.observed;
  out.expected = reading.expected;
  out.interval_low = reading.low;
  out.interval_high = reading.high;
  out.p_value = reading.p_value;
  out.p_threshold = reading.p_limit;
  return out;
}

WindowJudgement not_judged(const ScanWindow& window, Standing standing) {
  WindowJudgement out;
  out.window = minutes{window.minutes};
  out.standing = standing;
  return out;
}

}  // namespace

Judgement RuleWatch::explain(const std::map<std::string, std::string>& key) const {
  Judgement out;
  out.at = now_;
  out.series_count = watched_series();
  out.can_alert = warmth().can_alert();
  const auto found = series_.find(key_json(key));
  out.known = found != series_.end();
  const RuleCalendar::Entries own = calendar().about(key);
  out.calendar = calendar().notes(now_, now_, now_, own);
  out.kept_back_by = calendar().keeps_back(now_, own);
  if (!out.known) return out;
  const Series& series = found->second;
  const Episode& episode = series.episode;
  out.warming = is_young(series);
  out.cools_until = episode.cools_until(now_, rule_);
  if (now_ <= quiet_until_) out.cools_until = quiet_until_ + std::chrono::milliseconds{1};
  if (episode.open()) {
    out.alert_id = episode.id();
    out.state = episode.phase() == Phase::pending ? AlertState::pending : AlertState::firing;
    if (out.state == AlertState::pending) out.fires_at = episode.started_at() + rule_.pending_for;
  } else {
    out.of_an_episode = !out.cools_until && !episode.may_open(minute_of(now_), now_, rule_);
  }
  explain_windows(series, out);
  return out;
}

void RuleWatch::explain_windows(const Series& series, Judgement& out) const {
  const std::int64_t now = ms_of(now_);
  if (rule_.measure == Measure::negative_stories) {
    const SurgeEngine::Explained said = engine_.explain(series.surge, now);
    for (const SurgeScan::Explained& one : said.windows) {
      out.windows.push_back(one.score ? window_judgement(surge_reading(*one.score), one.window.minutes)
                                      : not_judged(one.window, one.standing));
      out.windows.back().bound = one.bound;
      out.windows.back().alarm = one.bound && one.score->count >= *one.bound;
    }
    for (const Score& sum : said.sums) {
      const Reading reading = surge_reading(sum);
      out.windows.push_back(window_judgement(reading, reading.window));
      out.windows.back().by_sum = true;
      out.windows.back().alarm = sum.score > engine_.threshold().value();
    }
  } else if (rule_.measure == Measure::mean_sentiment) {
    MeanScan scan = means_;  // closing an hour teaches the rule: a copy
    MeanSeries mean = *series.mean;
    scan.advance(mean, hour_of(now_), series_.size());
    for (const MeanScan::Explained& one : scan.explain(mean, now, series_.size())) {
      if (!one.score) {
        out.windows.push_back(not_judged(one.window, one.standing));
        continue;
      }
      const Reading reading = reading_of(*one.score, scan.threshold(series_.size()));
      out.windows.push_back(window_judgement(reading, one.window.minutes));
      const MeanReading of = mean_of(reading);
      out.windows.back().mean = MeanEvidence{of.observed, of.expected, of.low, of.high};
      out.windows.back().bound = one.bound;
      out.windows.back().alarm = one.bound && of.observed <= *one.bound;
    }
  } else if (rule_.measure == Measure::no_data && series.gap->heard > 0) {
    GapSeries gap = *series.gap;
    const std::size_t judged = due_.size() + (gap.due == GapSeries::kNever ? 1 : 0);
    if (!gaps_.watched(gap)) GapWatch(gaps_).rearm(gap, known(series), judged);  // as it would be when it is due
    const Reading reading = gaps_.reading(gap, known(series), judged, now);
    out.windows.push_back(window_judgement(reading, reading.window));
    out.windows.back().alarm = series.episode.open();
    if (gap.due != GapSeries::kNever) out.fires_at = start_of_minute(std::max(gap.due, minute_of(now_) + 1));
  }
}

}  // namespace tapewatch::alerts
