// Tested by tests/alerts/detector/detection_test.cpp
// What a RuleWatch makes of its counts, and how it says so.
#include <algorithm>
#include <cmath>

#include "alerts/detector/event_minutes.hpp"
#include "alerts/detector/false_alarm_budget.hpp"
#include "alerts/detector/rule_watch.hpp"
#include "alerts/formats/alert_text.hpp"

namespace tapewatch::alerts {

using std::chrono::minutes;

bool RuleWatch::warm() const {
  return started_ && now_ - first_ >= options_.warm_up &&
         shared_.hours_learned() * 2 >= static_cast<std::uint64_t>(options_.warm_up.count());
}

Reading RuleWatch::read_window(const Series& series, std::size_t window, std::int64_t end, bool exact) const {
  Reading reading;
  reading.window = windows_[window];
  reading.from = end - reading.window + 1;
  reading.to = end;
  reading.observed = series.stories.negatives(reading.from, end);
  const CountDistribution expected = series.baseline.predict(reading.from, end, window, shared_, series_.size());
  reading.expected = expected.mean;
  reading.ratio = expected.ratio;
  const BudgetShare share(rule_.false_alarms, series_.size(), windows_.size(), minutes{reading.window});
  reading.p_limit = share.tail_limit(reading.observed, expected.mean);
  // Within a standard deviation nothing is an alarm, and the tail, half the distribution long, need not be summed.
  const double ordinary = expected.mean + std::sqrt(expected.mean * expected.ratio);
  if (exact || share.allowed > 0.01 || static_cast<double>(reading.observed) > ordinary) {
    reading.p_value = upper_tail(expected, reading.observed);
  }
  return reading;
}

/// The strongest alarm of any window that holds minute `first_end` and ends no later than `last_end`. For a row in
/// order that is the window up to now; a row that comes late within max_lateness is looked at in its own time.
std::optional<Reading> RuleWatch::strongest_alarm(const Series& series, std::int64_t first_end,
                                                  std::int64_t last_end) const {
  std::optional<Reading> strongest;
  for (std::size_t w = 0; w < windows_.size(); ++w) {
    for (std::int64_t end = first_end; end <= std::min(last_end, first_end + windows_[w] - 1); ++end) {
      if (series.stories.negatives(end - windows_[w] + 1, end) < rule_.min_stories) continue;
      const Reading reading = read_window(series, w, end);
      if (reading.excess() <= 1.0 && (!strongest || reading.excess() < strongest->excess())) strongest = reading;
    }
  }
  if (strongest) {
    const CountDistribution expected{strongest->expected, strongest->ratio};
    strongest->low = upper_quantile(expected, 0.975);
    strongest->high = upper_quantile(expected, 0.025);
  }
  return strongest;
}

/// Every window is back under its expected upper bound. A rare series' bound is 0; half of what could raise an alarm
/// is calm as well.
bool RuleWatch::calm(const Series& series, std::int64_t minute) const {
  for (std::size_t w = 0; w < windows_.size(); ++w) {
    const std::uint64_t observed = series.stories.negatives(minute - windows_[w] + 1, minute);
    if (observed <= (rule_.min_stories - 1) / 2) continue;
    const Reading reading = read_window(series, w, minute);
    if (observed >= rule_.min_stories && reading.excess() <= 1.0) return false;
    if (observed > upper_quantile({reading.expected, reading.ratio}, 0.025)) return false;
  }
  return true;
}

void RuleWatch::add_counters(DetectorCounters& sum) const {
  sum.series += series_.size();
  sum.dropped_series += counted_.dropped_series;
  sum.too_old += counted_.too_old;
  sum.forgotten_stories += counted_.forgotten_stories;
}

std::optional<SeriesReading> RuleWatch::read(const std::map<std::string, std::string>& key,
                                             std::chrono::milliseconds window) const {
  const auto series = series_.find(key_json(key));
  const auto length = std::find(windows_.begin(), windows_.end(), static_cast<int>(window / minutes{1}));
  if (series == series_.end() || length == windows_.end()) return std::nullopt;
  const auto w = static_cast<std::size_t>(length - windows_.begin());
  const Reading reading = read_window(series->second, w, minute_of(now_), true);
  SeriesReading out;
  out.observed = reading.observed;
  out.expected = reading.expected;
  out.upper = upper_quantile({reading.expected, reading.ratio}, 0.025);
  out.p_value = reading.p_value;
  out.p_limit = reading.p_limit;
  out.warm = warm();
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
  out.measure = rule_.measure;
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
  const bool learned = series.baseline.to_hour() != series.baseline.from_hour();
  evidence.baseline_from = learned ? TimePoint{std::chrono::hours{series.baseline.from_hour()}} : first_;
  evidence.baseline_to = TimePoint{std::chrono::hours{learned ? series.baseline.to_hour() : next_hour_}};
  evidence.series_count = series_.size();
  return out;
}

Transition RuleWatch::transition(const Entry& entry, Step step, TimePoint now) const {
  const Series& series = entry.second;
  const Episode& episode = series.episode;
  Transition out = describe(entry, episode.peak(), episode.from(), INT64_MAX);
  out.alert_id = episode.id();
  out.sequence = episode.sequence();
  out.started_at = episode.started_at();
  out.updated_at = now;
  out.evidence.story_count = episode.stories();
  out.evidence.document_count = episode.documents();
  out.state = AlertState::firing;
  if (step == Step::pending) out.state = AlertState::pending;
  if (step == Step::fired) out.type = "alert.firing";
  if (step == Step::updated) out.type = "alert.updated";
  if (step == Step::resolved || step == Step::unconfirmed) {
    out.state = AlertState::resolved;
    out.ended_at = now;
    out.reason = step == Step::resolved ? "calm" : "not confirmed";
    if (step == Step::resolved) out.type = "alert.resolved";
  }
  out.summary = summary_of(out, series.display);
  return out;
}

}  // namespace tapewatch::alerts
