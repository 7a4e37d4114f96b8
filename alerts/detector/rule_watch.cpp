// Tested by tests/alerts/detector/life_cycle_test.cpp
#include "alerts/detector/rule_watch.hpp"

#include <algorithm>
#include <utility>

#include "alerts/detector/event_minutes.hpp"
#include "alerts/formats/alert_text.hpp"

namespace tapewatch::alerts {
namespace {

using std::chrono::minutes;

/// FNV-1a, for rows that come without storage's story number (replayed series, tests).
std::int64_t story_number(const Observation& row) {
  if (row.story_id != 0) return row.story_id;
  std::uint64_t hash = 14695981039346656037ull;
  const auto mix = [&](std::string_view text) {
    for (const unsigned char c : text) hash = (hash ^ c) * 1099511628211ull;
  };
  if (row.story_key.empty()) {
    mix(row.source);
    mix("\n");
    mix(row.document_id);
  } else {
    mix(row.story_key);
  }
  return static_cast<std::int64_t>(hash);
}

std::vector<int> window_minutes(const RuleOptions& rule) {
  std::vector<int> windows;
  for (const auto window : rule.windows) windows.push_back(static_cast<int>(window / minutes{1}));
  std::sort(windows.begin(), windows.end());
  windows.erase(std::unique(windows.begin(), windows.end()), windows.end());
  return windows;
}

}  // namespace

RuleWatch::RuleWatch(RuleOptions rule, const DetectorOptions& options)
    : rule_(std::move(rule)), options_(options), windows_(window_minutes(rule_)), shared_(windows_.size()) {}

// ---- time ----------------------------------------------------------------------------------------------------------

void RuleWatch::advance(TimePoint now, std::vector<Transition>& out) {
  tell_ended(out);
  if (!started_) {
    started_ = true;
    first_ = now_ = now;
    next_hour_ = hour_of(now) + 1;  // the first hour is not whole
    head_dirty_ = true;
    return;
  }
  if (now <= now_) return;
  const TimePoint before = std::exchange(now_, now);
  head_dirty_ = true;
  if (now - before > options_.max_gap) gaps_.push_back({hour_of(before), hour_of(now)});
  for (std::int64_t minute = minute_of(before) + 1; minute <= minute_of(now) && !open_.empty(); ++minute) {
    step_open(minute, out);
  }
  if (hour_of(now) == hour_of(before)) return;
  learn_hours(hour_of(now - options_.learn_delay));
  forget_old();
}

void RuleWatch::tell_ended(std::vector<Transition>& out) {
  out.insert(out.end(), orphans_.begin(), orphans_.end());
  orphans_.clear();
  removed_.merge(orphan_parts_);
  orphan_parts_.clear();
  if (!redefined_) return;
  for (const std::string& key : open_) out.push_back(reconfigured(*series_.find(key), *redefined_, now_));
  redefined_.reset();
  head_dirty_ = true;
  if (!open_.empty()) abandon_open();
}

void RuleWatch::abandon_open() {
  for (const std::string& key : open_) {
    series_.find(key)->second.episode.abandon();
    dirty_[key].head = true;
  }
  open_.clear();
  quiet_until_ = now_;
  head_dirty_ = head_dirty_ || started_;
}

/// Time alone, minute by minute, so that an end does not depend on when the next row or tick happens to come.
void RuleWatch::step_open(std::int64_t minute, std::vector<Transition>& out) {
  const std::vector<std::string> keys(open_.begin(), open_.end());  // step() takes out what ends
  for (const std::string& key : keys) step(*series_.find(key), minute, start_of_minute(minute), out);
}

void RuleWatch::step(Entry& entry, std::int64_t minute, TimePoint now, std::vector<Transition>& out) {
  Series& series = entry.second;
  const Step step = series.episode.advance(calm(series, minute), now, rule_, options_);
  dirty_[entry.first].head = true;
  if (!series.episode.open()) open_.erase(entry.first);
  if (step != Step::none) out.push_back(transition(entry, step, now));
}

void RuleWatch::learn_hours(std::int64_t before) {
  next_hour_ = std::max(next_hour_, before - options_.max_catch_up.count());
  for (; next_hour_ < before; ++next_hour_) {
    const bool watched = std::none_of(gaps_.begin(), gaps_.end(),
                                      [&](const Gap& gap) { return next_hour_ >= gap.from && next_hour_ <= gap.to; });
    if (watched) learn_hour(next_hour_);
  }
  std::erase_if(gaps_, [&](const Gap& gap) { return gap.to < next_hour_; });
}

void RuleWatch::learn_hour(std::int64_t hour) {
  Lesson sum;
  for (auto& [key, series] : series_) {
    if (hour < series.first_hour) continue;
    const Lesson lesson = series.baseline.learn(hour, series.stories.minutes(hour), shared_, series_.size(), windows_);
    sum.count += lesson.count;
    for (std::size_t w = 0; w < windows_.size(); ++w) {
      sum.spread[w] += lesson.spread[w];
      sum.weight[w] += lesson.weight[w];
    }
    sum.clumping += lesson.clumping;
    sum.clumping_weight += lesson.clumping_weight;
    Dirty& dirty = dirty_[key];
    dirty.head = dirty.season = true;
  }
  shared_.learn(hour, sum);
  shared_dirty_ = true;
}

void RuleWatch::forget_old() {
  const std::int64_t oldest = hour_of(now_) - options_.story_memory.count();
  const std::int64_t silent = minute_of(now_) - minutes{options_.forget_series_after}.count();
  for (auto it = series_.begin(); it != series_.end();) {
    Series& series = it->second;
    counted_.forgotten_stories += series.stories.forget(oldest, options_.max_stories_per_series);
    if (series.episode.open() || series.last_minute >= silent) {
      ++it;
      continue;
    }
    for (const std::string& part : part_keys(it->first, series)) removed_.insert(part);
    dirty_.erase(it->first);
    it = series_.erase(it);
  }
}

// ---- rows ----------------------------------------------------------------------------------------------------------

void RuleWatch::observe(const Observation& row, std::vector<Transition>& out) {
  const std::int64_t minute = minute_of(row.at);
  const bool too_old = hour_of_minute(minute) < hour_of(now_) - options_.story_memory.count();
  for (const Membership& member : memberships(rule_, row)) {
    if (too_old) {
      ++counted_.too_old;
      continue;
    }
    if (Entry* entry = find_or_add(member, minute)) {
      vote(*entry, member, row, out);
    } else {
      ++counted_.dropped_series;
    }
  }
}

RuleWatch::Entry* RuleWatch::find_or_add(const Membership& member, std::int64_t minute) {
  std::string key = key_json(member.key);
  if (const auto known = series_.find(key); known != series_.end()) return &*known;
  if (series_.size() >= options_.max_series) return nullptr;
  Series series;
  series.key = member.key;
  series.first_hour = hour_of_minute(minute);
  series.last_minute = minute;
  series.baseline = SeriesBaseline(static_cast<double>(std::max<std::int64_t>(0, series.first_hour - hour_of(first_))));
  return &*series_.emplace(std::move(key), std::move(series)).first;
}

void RuleWatch::vote(Entry& entry, const Membership& member, const Observation& row, std::vector<Transition>& out) {
  Series& series = entry.second;
  const std::int64_t minute = minute_of(row.at);
  const std::int64_t story = story_number(row);
  const StoryLog::Result result = series.stories.add(story, minute, member.label == Label::negative);
  if (series.stories.size() > options_.max_stories_per_series) {
    counted_.forgotten_stories += series.stories.forget(INT64_MIN, options_.max_stories_per_series);
  }
  series.display = member.display;
  series.model_version = row.model_version;
  series.last_minute = std::max(series.last_minute, minute);
  Dirty& dirty = dirty_[entry.first];
  dirty.head = true;

  if (result.kind == VoteKind::repeat_negative) {
    series.recent.repeat(story, row.turned);
    dirty.recent = true;
    series.episode.count(result.minute, false);
    if (series.episode.open()) step(entry, minute_of(now_), now_, out);
  } else if (result.kind == VoteKind::first_negative) {
    const std::int64_t episode_from = series.episode.open() ? series.episode.from() : INT64_MAX;
    series.recent.add(story, minute, row, member.sentiment, episode_from, options_);
    dirty.recent = true;
    series.episode.count(minute, true);
    amend(entry, minute);
    judge(entry, minute, row, out);
  }
}

/// A story of an hour that was learned without it.
void RuleWatch::amend(Entry& entry, std::int64_t minute) {
  Series& series = entry.second;
  const std::int64_t hour = hour_of_minute(minute);
  if (hour >= next_hour_ || hour < hour_of(first_)) return;
  const std::uint64_t in_hour = series.stories.negatives(hour * 60, hour * 60 + 59);
  if (!series.baseline.amend(hour, in_hour, shared_, series_.size())) return;
  shared_.amend(hour);
  dirty_[entry.first].season = true;
  shared_dirty_ = true;
}

/// A new negative story: is it an alarm, or more of one?
void RuleWatch::judge(Entry& entry, std::int64_t minute, const Observation& row, std::vector<Transition>& out) {
  Series& series = entry.second;
  if (!warm()) return;
  const std::int64_t now = minute_of(now_);
  const std::optional<Reading> alarm = strongest_alarm(series, minute, now);
  if (row.late) {
    if (alarm) raise_late(entry, *alarm, row, out);
    return;
  }
  if (now_ <= quiet_until_) return;
  if (series.episode.open()) {
    if (alarm) series.episode.strengthen(*alarm);
    step(entry, now, now_, out);
    return;
  }
  if (!alarm || !series.episode.may_open(alarm->to, now_, rule_)) return;
  const Step step = series.episode.start(*alarm, now_, alert_id(rule_.name, entry.first, now_, false),
                                         series.stories.negatives(alarm->from, now),
                                         series.stories.documents(alarm->from, now), rule_);
  open_.insert(entry.first);
  out.push_back(transition(entry, step, now_));
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
  alert.evidence.story_count = series.stories.negatives(reading.from, reading.to);
  alert.evidence.document_count = series.stories.documents(reading.from, reading.to);
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
