// Tested by tests/alerts/detector/story_test.cpp
// What a RuleWatch does differently from one measure to another.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "alerts/detector/event_minutes.hpp"
#include "alerts/detector/rule_watch.hpp"
#include "alerts/formats/alert_text.hpp"

namespace tapewatch::alerts {

using std::chrono::minutes;

std::string story_entry(const std::string& series, std::int64_t story) {
  return series + fmt::format(R"({{"story":{}}})", story);
}

void RuleWatch::add(Series& series) {
  if (counts()) engine_.add(series.surge);
  if (rule_.measure == Measure::mean_sentiment) means_.begin(series.mean.own(), hour_of(now_));
}

void RuleWatch::remove(const Series& series) {
  if (counts()) engine_.remove(series.surge);
}

bool RuleWatch::is_young(const Series& series) const {
  if (rule_.measure == Measure::mean_sentiment) return series.mean->young();
  return counts() && series.surge.baseline.exposure() < engine_.shared().model().young_exposure;
}

void RuleWatch::show(Transition& out, Measure measure, const Reading& reading) {
  out.measure = measure;
  out.evidence.judged = measure != Measure::story;
  out.evidence.mean.reset();
  if (measure != Measure::mean_sentiment) return;
  const MeanReading mean = mean_of(reading);
  out.evidence.mean = MeanEvidence{mean.observed, mean.expected, mean.low, mean.high};
  out.evidence.dispersion = 1.0;
}

// ---- the life of an alert ------------------------------------------------------------------------------------------

void RuleWatch::pass(Series& series, TimePoint now) {
  if (rule_.measure == Measure::negative_stories) engine_.pass(series.surge, ms_of(now));
}

bool RuleWatch::calm(const Series& series, TimePoint now) const {
  switch (rule_.measure) {
    case Measure::negative_stories:
      return series.surge.judge.calm(ms_of(now), engine_.shared().model());
    case Measure::mean_sentiment:
      return means_.calm(*series.mean, ms_of(now));
    case Measure::story:
      return minute_of(now) > series.last_minute;  // nobody tells it any more
    case Measure::no_data:
      break;  // a document ends it
  }
  return false;
}

bool RuleWatch::lasts(const Series& series, TimePoint now) const {
  switch (rule_.measure) {
    case Measure::negative_stories:
      return series.surge.judge.lasts(ms_of(now));
    case Measure::mean_sentiment:
      return means_.lasts(*series.mean, ms_of(now));
    case Measure::no_data:
      return series.gap->lasts(ms_of(now));
    case Measure::story:
      break;
  }
  return false;
}

void RuleWatch::end(Series& series, TimePoint now) {
  SurgeSeries& surge = series.surge;
  if (rule_.measure == Measure::mean_sentiment) means_.close(series.mean.own(), ms_of(now));
  if (rule_.measure != Measure::negative_stories) return;
  if (surge.judge.lasts(ms_of(now))) {
    surge.judge.end_accepted(ms_of(now), surge.baseline);
  } else {
    surge.judge.end_calm(surge.baseline, engine_.shared(), engine_.series());
  }
}

void RuleWatch::abandon(Entry& entry) {
  entry.second.episode.abandon();
  entry.second.surge.judge.abandon();
  if (rule_.measure == Measure::mean_sentiment) means_.abandon(entry.second.mean.own());
  if (rule_.measure == Measure::no_data) set_due(entry, minute_of(now_) + 1);  // it may still be silent
}

void RuleWatch::resume(Entry& entry) {
  if (rule_.measure == Measure::negative_stories) entry.second.surge.judge.resume();
  if (rule_.measure == Measure::mean_sentiment) means_.resume(entry.second.mean.own());
  if (rule_.measure == Measure::no_data) set_due(entry, GapSeries::kNever);
}

// ---- mean_sentiment ------------------------------------------------------------------------------------------------

void RuleWatch::judge_mean(Entry& entry, const Vote& vote, const Observation& row, std::vector<Transition>& out) {
  Series& series = entry.second;
  const std::size_t all = series_.size();
  if (series.mean->hour() < hour_of(now_)) {
    means_.advance(series.mean.own(), hour_of(now_), all);
    shared_dirty_ = true;
  }
  if (series.episode.open()) step(entry, now_, out);
  if (!means_.count(series.mean.own(), ms_of(row.at), vote.value, ms_of(now_))) return;
  const bool past = row.late || row.at < now_ - kMinutesKept;
  const auto alarm =
      past ? means_.judge_past(*series.mean, ms_of(row.at), all) : means_.judge(*series.mean, ms_of(now_), all);
  if (!alarm) return;
  const Reading reading = reading_of(*alarm, means_.threshold(all));
  if (row.late) return raise_late(entry, reading, row, out);
  if (now_ <= quiet_until_) return;
  if (series.episode.open()) {
    series.episode.strengthen(reading);
    means_.follow(series.mean.own(), *alarm);
  } else if (series.episode.may_open(reading.to, now_, rule_)) {
    start(entry, reading, now_, out);
    means_.open(series.mean.own(), ms_of(now_), *alarm, all);
  }
}

// ---- story ---------------------------------------------------------------------------------------------------------

void RuleWatch::tell_story(Entry& series, const Vote& vote, const StoryLog::Result& result, const Observation& row,
                           std::vector<Transition>& out) {
  const std::int64_t story = story_of(row);
  std::string key = story_entry(series.first, story);
  if (result.kind == VoteKind::repeat_counted) {
    if (const auto known = series_.find(key); known != series_.end()) retell(*known, result.minute, row, out);
  }
  if (result.kind != VoteKind::first_counted) return;
  if (series_.size() >= options_.max_series) {
    ++counted_.dropped_series;
    return;
  }
  Series told;
  told.key = series.second.key;
  told.surge.baseline.set_own_entries(series.second.surge.baseline.own_entries());
  told.display = series.second.display;
  told.model_version = row.model_version;
  told.last_minute = std::max(minute_of(now_), result.minute);
  told.recent.add(story, result.minute, row, vote, INT64_MAX, options_);
  Entry& entry = *series_.insert_or_assign(std::move(key), std::move(told)).first;
  dirty_.insert(entry.first);
  Reading reading;
  reading.from = reading.to = result.minute;
  reading.window = 1;
  reading.observed = 1;
  if (row.late) {
    raise_late(entry, reading, row, out);
  } else {
    start(entry, reading, now_, out);
  }
}

/// Another document of a grave story.
void RuleWatch::retell(Entry& entry, std::int64_t minute, const Observation& row, std::vector<Transition>& out) {
  Series& told = entry.second;
  told.last_minute = std::max(told.last_minute, minute_of(now_));
  const bool turned = told.recent.repeat(story_of(row), row, options_);
  told.episode.count(minute, false, row.source);
  dirty_.insert(entry.first);
  if (turned) correct(entry, minute, out);
  if (told.episode.open()) step(entry, now_, out);
}

// ---- no_data -------------------------------------------------------------------------------------------------------

void RuleWatch::set_gap(Entry& entry, const GapSeries& gap) {
  due_.erase({entry.second.gap->due, entry.first});
  entry.second.gap.set(gap);
  if (gap.due != GapSeries::kNever) due_.emplace(gap.due, entry.first);
  dirty_.insert(entry.first);
}

void RuleWatch::set_due(Entry& entry, std::int64_t minute) {
  GapSeries gap = *entry.second.gap;
  gap.due = minute;
  set_gap(entry, gap);
}

/// Any document ends a silence; each story is one vote for how much the series speaks.
void RuleWatch::hear_document(Entry& entry, const StoryLog::Result& result, const Observation& row,
                              std::vector<Transition>& out) {
  Series& series = entry.second;
  const bool first = result.kind == VoteKind::first_counted;
  if (first && engine_.count(series.surge, ms_of(row.at), ms_of(now_))) active_.insert(entry.first);
  shared_dirty_ = shared_dirty_ || hour_of(row.at) < engine_.hour();
  if (row.late) return;
  if (series.episode.open()) close(entry, series.episode.end(now_), now_, out);
  engine_.touch(series.surge);
  const std::size_t judged = due_.size() + (series.gap->due == GapSeries::kNever ? 1 : 0);
  GapSeries gap = *series.gap;
  gaps_.hear(gap, known(series), judged, ms_of(now_));
  set_gap(entry, gap);
}

void RuleWatch::raise_silences(std::int64_t minute, std::vector<Transition>& out) {
  while (!due_.empty() && due_.begin()->first <= minute) {
    Entry& entry = *series_.find(due_.begin()->second);
    Series& series = entry.second;
    const std::size_t judged = due_.size();
    const TimePoint at = start_of_minute(minute);
    head_dirty_ = true;
    engine_.touch(series.surge);
    if (!gaps_.watched(*series.gap)) {
      GapSeries gap = *series.gap;
      gaps_.rearm(gap, known(series), judged);
      gap.due = std::max(gap.due, minute + 1);
      set_gap(entry, gap);
      continue;
    }
    if (at <= quiet_until_ || !series.episode.may_open(minute - 1, at, rule_)) {
      set_due(entry, minute + 1);
      continue;
    }
    set_due(entry, GapSeries::kNever);
    series.gap.own().opened = ms_of(at);
    series.gap.own().open_for_hours =
        std::clamp(static_cast<double>(engine_.shared().age()), 24.0, engine_.shared().model().accept_days * 24.0);
    start(entry, gaps_.reading(*series.gap, known(series), judged, ms_of(at)), at, out);
  }
}

}  // namespace tapewatch::alerts
