// Tested by tests/alerts/detector/life_cycle_test.cpp
#include "alerts/detector/rule_watch.hpp"

#include <algorithm>
#include <utility>

#include "alerts/detector/event_minutes.hpp"
#include "alerts/formats/alert_text.hpp"

namespace tapewatch::alerts {

using std::chrono::minutes;

RuleWatch::RuleWatch(RuleOptions rule, const DetectorOptions& options)
    : rule_(std::move(rule)),
      options_(options),
      engine_(rule_, options.surge_model),
      means_(rule_),
      gaps_(rule_.false_alarms.a_week()) {}

// ---- time ----------------------------------------------------------------------------------------------------------

void RuleWatch::advance(TimePoint now, std::vector<Transition>& out) {
  tell_ended(out);
  if (!started_) {
    started_ = true;
    first_ = now_ = now;
    engine_.start(hour_of(now) + 1);  // the first hour is not whole
    if (rule_.measure == Measure::no_data) gaps_.open_hour(engine_.shared());
    head_dirty_ = shared_dirty_ = true;
    return;
  }
  if (now <= now_) return;
  const TimePoint before = std::exchange(now_, now);
  head_dirty_ = true;
  const bool gap = now - before > options_.max_gap;
  if (now - before > options_.max_silent_jump) gaps_.jump(ms_of(now));
  if (const auto oldest = hour_of(now) - options_.max_catch_up.count(); engine_.hour() < oldest && open_.empty()) {
    close_hour(out);
    engine_.skip_to(oldest);
    if (rule_.measure == Measure::no_data) gaps_.open_hour(engine_.shared());
  }
  // Time alone, minute by minute, so that an end does not depend on when the next row or tick happens to come.
  for (std::int64_t minute = minute_of(before) + 1;; ++minute) {
    const std::int64_t last = std::min(minute_of(now), engine_.hour() * 60 + 59);
    for (; minute <= last; ++minute) {
      if (open_.empty() && (due_.empty() || due_.begin()->first > last)) break;
      if (open_.empty()) minute = std::max(minute, due_.begin()->first);
      raise_silences(minute, out);
      tell_grown(std::max(before, start_of_minute(minute - 1)), start_of_minute(minute), out);
      step_open(minute, out);
    }
    minute = last;
    if (hour_of(now) <= engine_.hour()) break;
    if (gap) engine_.unwatch(engine_.hour() > hour_of(before));
    close_hour(out);
  }
  tell_grown(std::max(before, start_of_minute(minute_of(now))), now, out);
  if (gap && hour_of(now) == engine_.hour()) engine_.unwatch(false);
  if (hour_of(now) != hour_of(before)) forget_old();
}

void RuleWatch::tell_ended(std::vector<Transition>& out) {
  out.insert(out.end(), orphans_.begin(), orphans_.end());
  orphans_.clear();
  removed_.merge(orphan_parts_);
  orphan_parts_.clear();
}

void RuleWatch::abandon_open() {
  for (const std::string& key : open_) {
    abandon(*series_.find(key));
    dirty_.insert(key);
  }
  open_.clear();
  quiet_until_ = now_;
  head_dirty_ = head_dirty_ || started_;
}

void RuleWatch::step_open(std::int64_t minute, std::vector<Transition>& out) {
  const std::vector<std::string> keys(open_.begin(), open_.end());  // step() takes out what ends
  for (const std::string& key : keys) step(*series_.find(key), start_of_minute(minute), out);
}

/// Updates that came due in (from, to] are told on a quarter of a minute, so that neither they depend on when the next
/// row or tick happens to come.
void RuleWatch::tell_grown(TimePoint from, TimePoint to, std::vector<Transition>& out) {
  constexpr std::chrono::seconds kQuarter{15};
  const auto quarter = [&](TimePoint at) { return at.time_since_epoch() / kQuarter; };
  if (open_.empty() || quarter(from) == quarter(to)) return;
  for (const std::string& key : open_) {
    Entry& entry = *series_.find(key);
    const auto due = entry.second.episode.update_due(options_);
    if (!due) continue;
    const TimePoint after = std::max(*due, from + std::chrono::milliseconds{1});
    const TimePoint at{(after.time_since_epoch() + kQuarter - std::chrono::milliseconds{1}) / kQuarter * kQuarter};
    if (at > to) continue;
    dirty_.insert(key);
    tell(entry, entry.second.episode.tell_grown(at), at, out);
  }
}

void RuleWatch::step(Entry& entry, TimePoint now, std::vector<Transition>& out) {
  Series& series = entry.second;
  pass(series, now);
  dirty_.insert(entry.first);
  if (lasts(series, now)) {
    close(entry, series.episode.accept(now), now, out);
    return;
  }
  if (series.episode.kept_back() && calendar().keeps_back(now, series.surge.baseline.own_entries()).empty()) {
    tell(entry, series.episode.release(now), now, out);
  }
  const Step step = series.episode.advance(calm(series, now), now, rule_, options_);
  if (!series.episode.open()) {
    close(entry, step, now, out);
  } else if (step != Step::none) {
    tell(entry, step, now, out);
  }
}

void RuleWatch::close(Entry& entry, Step step, TimePoint now, std::vector<Transition>& out) {
  end(entry.second, now);
  shared_dirty_ = true;
  open_.erase(entry.first);
  out.push_back(transition(entry, step, now));
}

void RuleWatch::close_hour(std::vector<Transition>&) {
  if (counts()) active_.insert(open_.begin(), open_.end());
  std::vector<SurgeSeries*> active;
  for (const std::string& key : active_) {
    active.push_back(&series_.find(key)->second.surge);
    dirty_.insert(key);
  }
  active_.clear();
  engine_.close_hour(active);
  if (rule_.measure == Measure::no_data) gaps_.open_hour(engine_.shared());
  shared_dirty_ = true;
}

void RuleWatch::forget_old() {
  const std::int64_t oldest = hour_of(now_) - options_.story_memory.count();
  // What an alert that opens now could show.
  std::chrono::milliseconds shown = options_.story_memory;
  for (const std::chrono::milliseconds window : rule_.windows) shown = std::max(shown, window);
  const std::int64_t oldest_shown = minute_of(now_ - shown);
  const auto memory = [&](const std::string& key) -> std::chrono::hours {
    return is_story(key) ? options_.story_memory : options_.forget_series_after;
  };
  for (auto it = series_.begin(); it != series_.end();) {
    Series& series = it->second;
    counted_.forgotten_stories += series.stories.forget(oldest, options_.max_stories_per_series);
    if (!series.episode.open()) series.recent.forget(oldest_shown);
    if (series.stories.changed() || series.recent.changed()) dirty_.insert(it->first);
    if (series.episode.open() || series.last_minute >= minute_of(now_) - minutes{memory(it->first)}.count()) {
      ++it;
      continue;
    }
    for (const std::string& part : part_keys(it->first, series)) removed_.insert(part);
    remove(series);
    dirty_.erase(it->first);
    due_.erase({series.gap->due, it->first});
    active_.erase(it->first);
    it = series_.erase(it);
  }
}

// ---- rows ----------------------------------------------------------------------------------------------------------

void RuleWatch::observe(const Observation& row, std::vector<Transition>& out) {
  for (const Membership& member : memberships(rule_, row)) observe_in(member, row, out);
}

void RuleWatch::add(const Addition& row, std::vector<Transition>& out) {
  if (!started_) return;
  for (const Membership& member : memberships(rule_, row.document)) {
    if (member.since == row.seq) observe_in(member, row.document, out);
  }
}

void RuleWatch::observe_in(const Membership& member, const Observation& row, std::vector<Transition>& out) {
  const std::int64_t minute = minute_of(row.at);
  const bool too_old = hour_of_minute(minute) < hour_of(now_) - options_.story_memory.count();
  if (heard_source_.empty()) heard_source_ = row.source;
  several_sources_ = several_sources_ || row.source != heard_source_;
  if (too_old) {
    ++counted_.too_old;
  } else if (Entry* entry = find_or_add(member, minute)) {
    vote(*entry, member, row, out);
  } else {
    ++counted_.dropped_series;
  }
}

RuleWatch::Entry* RuleWatch::find_or_add(const Membership& member, std::int64_t minute) {
  std::string key = key_json(member.key);
  head_dirty_ = true;  // a touch may change the sums in it, also where time stands still
  if (const auto known = series_.find(key); known != series_.end()) return &*known;
  if (series_.size() >= options_.max_series) return nullptr;
  Series series;
  series.key = member.key;
  series.last_minute = minute;
  series.surge.baseline.set_own_entries(calendar().about(series.key));
  Entry& entry = *series_.emplace(std::move(key), std::move(series)).first;
  add(entry.second);
  return &entry;
}

void RuleWatch::vote(Entry& entry, const Membership& member, const Observation& row, std::vector<Transition>& out) {
  Series& series = entry.second;
  const std::int64_t minute = minute_of(row.at);
  const std::int64_t story = story_of(row);
  const Vote vote = vote_of(rule_, member);
  const StoryLog::Result result = series.stories.add(story, minute, vote.counted);
  if (series.stories.size() > options_.max_stories_per_series) {
    counted_.forgotten_stories += series.stories.forget(INT64_MIN, options_.max_stories_per_series);
  }
  series.display = member.display;
  series.model_version = row.model_version;
  series.last_minute = std::max(series.last_minute, minute);
  dirty_.insert(entry.first);

  hear(entry, vote, result, row, out);
}

void RuleWatch::hear(Entry& entry, const Vote& vote, const StoryLog::Result& result, const Observation& row,
                     std::vector<Transition>& out) {
  if (rule_.measure == Measure::no_data) return hear_document(entry, result, row, out);
  if (rule_.measure == Measure::story) return tell_story(entry, vote, result, row, out);
  Series& series = entry.second;
  const std::int64_t story = story_of(row);
  if (result.kind == VoteKind::repeat_counted) {
    const bool turned = series.recent.repeat(story, row, options_);
    series.episode.count(result.minute, false, row.source);
    if (turned) correct(entry, result.minute, out);
    if (series.episode.open()) step(entry, now_, out);
  } else if (result.kind == VoteKind::first_counted) {
    const std::int64_t episode_from = series.episode.open() ? series.episode.from() : INT64_MAX;
    series.recent.add(story, result.minute, row, vote, episode_from, options_);
    series.episode.count(result.minute, true, row.source);
    if (rule_.measure == Measure::mean_sentiment) {
      judge_mean(entry, vote, row, out);
    } else if (row.late) {
      judge_late(entry, row, out);
    } else {
      judge(entry, row, out);
    }
  }
}

/// A new counted story: is it an alarm, or more of one?
void RuleWatch::judge(Entry& entry, const Observation& row, std::vector<Transition>& out) {
  Series& series = entry.second;
  active_.insert(entry.first);
  if (series.episode.open()) step(entry, now_, out);
  if (!engine_.count(series.surge, ms_of(row.at), ms_of(now_))) return;
  if (row.at < now_ - kMinutesKept) {
    const auto past = engine_.judge_past(series.surge, ms_of(row.at));
    shared_dirty_ = true;
    if (past && !series.episode.open() && now_ > quiet_until_) open(entry, *past, out);
    return;
  }
  const SurgeJudge::Verdict verdict = engine_.judge(series.surge, ms_of(row.at), ms_of(now_));
  if (!verdict.alarm || now_ <= quiet_until_) return;
  if (!series.episode.open()) {
    open(entry, *verdict.alarm, out);
  } else if (!verdict.escalated) {
    series.episode.strengthen(surge_reading(*verdict.alarm));
  } else {
    const bool raises = !rule_.escalated_severity.empty() && !series.episode.escalated();
    const Step step = series.episode.escalate(surge_reading(*verdict.alarm), now_);
    if (step == Step::none) return;
    out.push_back(transition(entry, step, now_));
    out.back().raised = raises;
  }
}

Tally RuleWatch::tally_of(const Series& series, const Reading& reading, std::int64_t to) const {
  const StoryLog::Told told = series.stories.counted(reading.from, to);
  Tally tally;
  tally.stories = std::max(told.stories, reading.observed);  // stories are remembered for three days
  tally.documents = std::max(told.documents, tally.stories);
  tally.single_source = series.recent.single_source(reading.from, to);
  tally.sources = series.recent.sources(reading.from, to);
  return tally;
}

void RuleWatch::open(Entry& entry, const Score& alarm, std::vector<Transition>& out) {
  const Reading reading = surge_reading(alarm);
  if (!entry.second.episode.may_open(reading.to, now_, rule_)) return;
  start(entry, reading, now_, out);
  engine_.open(entry.second.surge, ms_of(now_), alarm);
}

void RuleWatch::start(Entry& entry, const Reading& reading, TimePoint now, std::vector<Transition>& out) {
  Series& series = entry.second;
  Tally told;
  if (reading.observed > 0) told = tally_of(series, reading, minute_of(now));
  const Step step =
      series.episode.start(reading, now, alert_id(rule_.name, entry.first, now, false), std::move(told), rule_);
  shared_dirty_ = true;
  dirty_.insert(entry.first);
  open_.insert(entry.first);
  tell(entry, step, now, out);
}

void RuleWatch::judge_late(Entry& entry, const Observation& row, std::vector<Transition>& out) {
  SurgeSeries& surge = entry.second.surge;
  if (!engine_.count(surge, ms_of(row.at), ms_of(now_))) return;
  active_.insert(entry.first);
  shared_dirty_ = true;
  if (const auto alarm = engine_.judge_past(surge, ms_of(row.at))) raise_late(entry, surge_reading(*alarm), row, out);
}

/// An alarm out of rows that came past max_lateness: recorded as an alert that is over, once per surge.
void RuleWatch::raise_late(Entry& entry, const Reading& reading, const Observation& row, std::vector<Transition>& out) {
  Series& series = entry.second;
  if (!series.episode.may_open(reading.to, now_, rule_)) {
    series.episode.extend_span(reading.to, rule_);
    return;
  }
  series.episode.remember_span(reading.from, reading.to);
  Transition alert = describe(entry, reading, reading.from, reading.to);
  alert.alert_id = alert_id(rule_.name, entry.first, row.at, true);
  alert.late = true;
  alert.started_at = alert.updated_at = row.at;
  tell_tally(alert, tally_of(series, reading, reading.to));
  alert.evidence.band = band(series, reading.from, reading.to);
  alert.sequence = 1;
  alert.state = AlertState::firing;
  alert.type = "alert.firing";
  alert.summary = summary_of(alert, series.display);
  out.push_back(alert);
  alert.sequence = 2;
  alert.state = AlertState::resolved;
  alert.type = "alert.resolved";
  alert.reason = "late";
  alert.ended_at = std::max(row.at, start_of_minute(reading.to + 1));
  alert.summary = summary_of(alert, series.display);
  out.push_back(std::move(alert));
}

}  // namespace tapewatch::alerts
