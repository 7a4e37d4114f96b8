// Tested by tests/alerts/detector/detector_state_test.cpp
// Alerts that outlive the state they were kept in: of an earlier version, of another definition, of a rule that is
// gone.
#include <algorithm>
#include <utility>

#include "alerts/detector/blob.hpp"
#include "alerts/detector/rule_watch.hpp"
#include "alerts/formats/alert_text.hpp"

namespace tapewatch::alerts {
namespace {

/// The second line of a rule's fingerprint.
Measure measure_in(std::string_view fingerprint) {
  const std::size_t from = std::min(fingerprint.find('\n'), fingerprint.size() - 1) + 1;
  return parse_measure(fingerprint.substr(from, fingerprint.find('\n', from) - from))
      .value_or(Measure::negative_stories);
}

/// Of the entry of a single story: which one.
std::string_view story_in(std::string_view entry) { return is_story(entry) ? entry.substr(entry.find("}{") + 1) : ""; }

using SeriesDimensions = std::map<std::string, std::string>;

bool is_within(const SeriesDimensions& whole, const SeriesDimensions& part) {
  return std::includes(part.begin(), part.end(), whole.begin(), whole.end());
}

}  // namespace

/// The stored state is of an earlier version, another clock, another model or another definition, all of it deleted
/// with the next step. Every version writes a series' key, names and alert first.
void RuleWatch::carry(const std::map<std::string_view, std::string_view>& parts, std::string_view other_definition) {
  std::optional<Measure> redefined_from;
  if (!other_definition.empty()) redefined_from = measure_in(other_definition);
  for (const auto& [part, blob] : parts) {
    orphan_parts_.insert(std::string(part));
    if (part.empty() || part.back() != '}') continue;
    Series series;
    BlobReader in(blob, 1);
    load_series(in, series);
    if (!series.episode.open()) continue;
    BlobWriter out;
    out.map(series.key);
    out.text(series.display);
    out.text(series.model_version);
    series.episode.save(out);
    carried_.push_back({{rule_.name, std::string(part), out.take()}, redefined_from});
  }
}

void RuleWatch::conclude_history(std::span<const CarriedAlert> carried, std::vector<Transition>& out) {
  Reached reached;
  for (const std::string& key : open_) reached.emplace(key, series_.at(key).episode);
  abandon_open();
  for (const CarriedAlert& alert : carried) {
    if (alert.part.rule != rule_.name) continue;
    Entry entry{alert.part.key, {}};
    BlobReader in(alert.part.blob);
    load_series(in, entry.second);
    const auto successor = successor_of(entry, reached);
    if (successor == reached.end()) {
      out.push_back(end_carried(entry, alert.redefined_from));
    } else {
      go_on(entry, *successor, alert.redefined_from, out);
      reached.erase(successor);
    }
  }
}

/// Where the surge behind a carried alert is open here: in its own series, or, after another `group_by`, in the one
/// with most stories of those that are a part of it or the whole.
RuleWatch::Reached::const_iterator RuleWatch::successor_of(const Entry& carried, const Reached& reached) const {
  const auto own = reached.find(carried.first);
  if (own != reached.end() || carried.second.episode.phase() != Phase::firing) return own;
  auto most = reached.end();
  for (auto open = reached.begin(); open != reached.end(); ++open) {
    const auto& key = series_.at(open->first).key;
    const bool is_related = is_within(key, carried.second.key) || is_within(carried.second.key, key);
    if (!is_related || story_in(open->first) != story_in(carried.first)) continue;
    if (open->second.phase() != Phase::firing) continue;
    if (most == reached.end() || open->second.tally().stories > most->second.tally().stories) most = open;
  }
  return most;
}

/// The surge behind an alert that was told of is open here too. Of another series it is told at once.
void RuleWatch::go_on(const Entry& carried, const Reached::value_type& reached, std::optional<Measure> redefined_from,
                      std::vector<Transition>& out) {
  Entry& entry = *series_.find(reached.first);
  Episode& episode = entry.second.episode;
  const Episode& told = carried.second.episode;
  const bool is_own = reached.first == carried.first;
  if (is_own && redefined_from.value_or(rule_.measure) == rule_.measure) {
    episode = told;
  } else {  // its numbers mean something else
    episode = reached.second;
    episode.go_on(told.id(), told.sequence());
  }
  if (!is_own) tell(entry, episode.correct(now_), now_, out);
  resume(entry);
  open_.insert(entry.first);
  dirty_.insert(entry.first);
}

Transition RuleWatch::end_carried(const Entry& entry, std::optional<Measure> redefined_from) const {
  const TimePoint at = std::max(now_, entry.second.episode.started_at());
  if (redefined_from) {
    return reconfigured(
        entry, {*redefined_from, rule_.severity, rule_.escalated_severity, rule_.runbook_url, rule_.labels}, at);
  }
  const bool fired = entry.second.episode.phase() == Phase::firing;
  Transition ended = transition(entry, fired ? Step::resolved : Step::unconfirmed, at);
  ++ended.sequence;
  return ended;
}

/// The stored state is of a rule that is gone: its open alerts end, the rest is deleted.
void RuleWatch::end_orphans(const std::map<std::string_view, std::string_view>& parts) {
  TimePoint at{};
  Told told;
  if (const auto head = parts.find(""); head != parts.end()) {
    BlobReader in(head->second, 1);
    told.measure = measure_in(in.text());
    at = TimePoint{std::chrono::milliseconds{in.i64()}};
    told.severity = in.text();
    told.runbook_url = in.text();
    told.labels = in.map();
    if (in.version() > 2) told.escalated_severity = in.text();
  }
  for (const auto& [part, blob] : parts) {
    orphan_parts_.insert(std::string(part));
    if (part.empty() || part.back() != '}') continue;
    Entry entry{std::string(part), {}};
    BlobReader in(blob, 1);
    load_series(in, entry.second);
    if (entry.second.episode.open()) orphans_.push_back(reconfigured(entry, told, at));
  }
}

/// The end of an alert whose rule is gone or another one by now.
Transition RuleWatch::reconfigured(const Entry& entry, const Told& told, TimePoint at) const {
  const bool fired = entry.second.episode.phase() == Phase::firing;
  Transition out = transition(entry, fired ? Step::resolved : Step::unconfirmed, at);
  ++out.sequence;
  out.severity = told.severity;
  out.raised_from.clear();
  if (entry.second.episode.escalated() && !told.escalated_severity.empty()) {
    out.raised_from = std::exchange(out.severity, told.escalated_severity);
  }
  out.runbook_url = told.runbook_url;
  out.labels = told.labels;
  out.reason = "reconfigured";
  show(out, told.measure, entry.second.episode.peak());
  out.summary = summary_of(out, entry.second.display);
  return out;
}

}  // namespace tapewatch::alerts
