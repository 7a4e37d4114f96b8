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

}  // namespace

/// The stored state is of an earlier version or of another clock, all of it deleted with the next step. Every version
/// writes a series' key, names and alert first.
void RuleWatch::carry(const std::map<std::string_view, std::string_view>& parts) {
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
    carried_.push_back({rule_.name, std::string(part), out.take()});
  }
}

void RuleWatch::conclude_history(std::span<const SeriesState> carried, std::vector<Transition>& out) {
  const std::set<std::string> reached = open_;
  abandon_open();
  for (const SeriesState& alert : carried) {
    if (alert.rule != rule_.name) continue;
    Entry entry{alert.key, {}};
    BlobReader in(alert.blob);
    load_series(in, entry.second);
    const auto known = series_.find(alert.key);
    if (known != series_.end() && reached.contains(alert.key)) {
      known->second.episode = entry.second.episode;
      resume(*known);
      open_.insert(alert.key);
      dirty_.insert(alert.key);
      continue;
    }
    const bool fired = entry.second.episode.phase() == Phase::firing;
    Transition ended = transition(entry, fired ? Step::resolved : Step::unconfirmed,
                                  std::max(now_, entry.second.episode.started_at()));
    ++ended.sequence;
    out.push_back(std::move(ended));
  }
}

/// The stored state is of another definition, or of a rule that is gone: its open alerts end, the rest is deleted.
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

/// The end of an alert whose rule is another one by now; of a rule that is gone, the rest of the state is not loaded.
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
