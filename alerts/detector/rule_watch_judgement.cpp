// Tested by tests/alerts/detector/detection_test.cpp
// What a RuleWatch makes of its counts, and how it says so.
#include <algorithm>
#include <utility>

#include "alerts/detector/elementary.hpp"
#include "alerts/detector/event_minutes.hpp"
#include "alerts/detector/negative_binomial.hpp"
#include "alerts/detector/rule_watch.hpp"
#include "alerts/formats/alert_text.hpp"

namespace tapewatch::alerts {

using std::chrono::minutes;

Reading RuleWatch::surge_reading(const Score& score) const {
  Reading reading;
  reading.from = minute_of(TimePoint{std::chrono::milliseconds{score.from}});
  reading.to = score.end / kMinuteMs;
  reading.window = reading.to - reading.from + 1;
  reading.observed = static_cast<std::uint64_t>(score.count);
  reading.expected = score.mean;
  reading.ratio = score.ratio;
  reading.p_value = exponential(score.log_p);
  reading.p_limit = std::min(1.0, exponential(-score.correction - engine_.threshold().value()));
  reading.score = score.score;
  const CountDistribution expected{score.mean, score.ratio};
  reading.low = upper_quantile(expected, 0.975);
  reading.high = upper_quantile(expected, 0.025);
  return reading;
}

void RuleWatch::add_counters(DetectorCounters& sum) const {
  sum.series += watched_series();
  for (const auto& [key, series] : series_) sum.warming_series += !is_story(key) && is_young(series) ? 1 : 0;
  sum.dropped_series += counted_.dropped_series;
  sum.too_old += counted_.too_old;
  sum.forgotten_stories += counted_.forgotten_stories;
}

/// Without the grave stories, which are told one by one beside their series.
std::size_t RuleWatch::watched_series() const {
  if (rule_.measure != Measure::story) return series_.size();
  return static_cast<std::size_t>(
      std::count_if(series_.begin(), series_.end(), [](const Entry& entry) { return !is_story(entry.first); }));
}

RuleWarmth RuleWatch::warmth() const {
  RuleWarmth warmth;
  warmth.rule = rule_.name;
  warmth.series = watched_series();
  if (started_) warmth.since = first_;
  warmth.watched_hours = engine_.shared().age();
  if (rule_.measure != Measure::story) {
    warmth.warm_hours = static_cast<std::int64_t>(engine_.shared().model().young_exposure);
  }
  return warmth;
}

std::optional<SeriesReading> RuleWatch::read(const std::map<std::string, std::string>& key,
                                             std::chrono::milliseconds window) const {
  const auto series = series_.find(key_json(key));
  const auto& windows = engine_.windows();
  const auto length = std::find_if(windows.begin(), windows.end(),
                                   [&](const ScanWindow& w) { return w.minutes == window / minutes{1}; });
  if (rule_.measure != Measure::negative_stories) return std::nullopt;
  if (series == series_.end() || length == windows.end()) return std::nullopt;
  SeriesReading out;
  const SurgeSeries& surge = series->second.surge;
  if (const auto score = engine_.reading(surge, length->minutes, now_.time_since_epoch().count())) {
    const Reading reading = surge_reading(*score);
    out.observed = reading.observed;
    out.expected = reading.expected;
    out.upper = reading.high;
    out.p_value = reading.p_value;
    out.p_limit = reading.p_limit;
  }
  const SurgeModel& model = engine_.shared().model();
  out.warming = surge.baseline.exposure() < model.young_exposure;
  out.warm = surge.baseline.exposure() >= model.tested_after;
  out.firing = series->second.episode.phase() == Phase::firing;
  return out;
}

// ---- what is told --------------------------------------------------------------------------------------------------

Transition RuleWatch::describe(const Entry& entry, const Reading& reading, std::int64_t from, std::int64_t to) const {
  const Series& series = entry.second;
  Transition out;
  out.rule = rule_.name;
  out.severity = rule_.severity;
  out.key = series.key;
  out.labels = rule_.labels;
  out.runbook_url = rule_.runbook_url;
  out.model_version = series.model_version;
  Evidence& evidence = out.evidence;
  evidence.observed = reading.observed;
  evidence.expected = reading.expected;
  evidence.interval_low = reading.low;
  evidence.interval_high = reading.high;
  evidence.p_value = reading.p_value;
  evidence.p_threshold = reading.p_limit;
  evidence.window = minutes{reading.window};
  evidence.window_start = start_of_minute(reading.from);
  evidence.window_end = start_of_minute(reading.to + 1);
  evidence.dispersion = reading.ratio;
  evidence.top_stories = series.recent.top(from, to);
  if (series.surge.baseline.started()) {
    evidence.baseline_from = std::max(first_, TimePoint{std::chrono::hours{series.surge.baseline.first_hour()}});
    evidence.baseline_to = TimePoint{std::chrono::hours{series.surge.baseline.hour()}};
  } else if (series.mean->started()) {
    evidence.baseline_from = std::max(first_, TimePoint{std::chrono::hours{series.mean->first_hour()}});
    evidence.baseline_to = TimePoint{std::chrono::hours{series.mean->hour()}};
  }
  show(out, rule_.measure, reading);
  evidence.warming = is_young(series);
  evidence.series_count = series_.size();
  const TimePoint last = evidence.window_end - std::chrono::milliseconds{1};
  evidence.calendar = calendar().notes(evidence.window_start, last, last, series.surge.baseline.own_entries());
  return out;
}

void RuleWatch::tell_tally(Transition& out, const Tally& tally) const {
  out.evidence.story_count = tally.stories;
  out.evidence.document_count = tally.documents;
  out.evidence.source_count =
      std::min<std::uint64_t>(std::max<std::uint64_t>(tally.sources.size(), 1), tally.documents);
  // Worth a word only where other sources could have told it.
  if (several_sources_ && tally.stories > 1 && !out.key.contains("source")) {
    out.evidence.single_source = tally.single_source;
  }
}

void RuleWatch::tell(Entry& entry, Step step, TimePoint now, std::vector<Transition>& out) {
  Series& series = entry.second;
  if (step == Step::fired && !calendar().keeps_back(now, series.surge.baseline.own_entries()).empty()) {
    series.episode.keep_back();
  }
  out.push_back(transition(entry, step, now));
}

Transition RuleWatch::transition(const Entry& entry, Step step, TimePoint now) const {
  const Series& series = entry.second;
  const Episode& episode = series.episode;
  Transition out = describe(entry, episode.peak(), episode.from(), INT64_MAX);
  out.alert_id = episode.id();
  out.sequence = episode.sequence();
  out.started_at = episode.started_at();
  out.updated_at = now;
  tell_tally(out, episode.tally());
  const std::int64_t last = std::max(minute_of(now), episode.peak().to);
  out.evidence.band = band(series, std::min({episode.from(), episode.peak().from, last}), last);
  if (episode.escalated() && !rule_.escalated_severity.empty()) {
    out.raised_from = std::exchange(out.severity, rule_.escalated_severity);
  }
  out.state = AlertState::firing;
  if (step == Step::pending) out.state = AlertState::pending;
  if (step == Step::fired) out.type = "alert.firing";
  if (step == Step::updated) out.type = "alert.updated";
  if (step == Step::resolved || step == Step::unconfirmed || step == Step::accepted || step == Step::withdrawn) {
    out.state = AlertState::resolved;
    out.ended_at = now;
    out.reason = step == Step::resolved    ? "calm"
                 : step == Step::accepted  ? "new level"
                 : step == Step::withdrawn ? "removed"
                                           : "not confirmed";
    if (step != Step::unconfirmed) out.type = "alert.resolved";
  }
  const RuleCalendar::Entries own = series.surge.baseline.own_entries();
  out.evidence.calendar =
      calendar().notes(out.evidence.window_start, out.evidence.window_end - std::chrono::milliseconds{1}, now, own);
  if (episode.kept_back()) {
    out.kept_back_by = calendar().keeps_back(now, own);
    if (out.kept_back_by.empty()) out.kept_back_by = "calendar";  // as it was when it fired
  }
  out.summary = summary_of(out, series.display);
  return out;
}

void RuleWatch::open_alerts(const std::set<std::string>* only, std::vector<Transition>& out) const {
  for (const std::string& key : open_) {
    const Entry& entry = *series_.find(key);
    if (only != nullptr && !only->contains(entry.second.episode.id())) continue;
    const bool pending = entry.second.episode.phase() == Phase::pending;
    out.push_back(transition(entry, pending ? Step::pending : Step::none, now_));
  }
}

void RuleWatch::go_on(const OpenAlert& alert) {
  for (const std::string& key : open_) {
    Episode& episode = series_.find(key)->second.episode;
    if (episode.id() != alert.id) continue;
    episode.go_on(alert.told_id, alert.sequence);
    dirty_.insert(key);
    return;
  }
}

}  // namespace tapewatch::alerts
