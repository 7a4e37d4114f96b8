#include "daemon/pipeline/writing/alert_reconciliation.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace tapewatch {
namespace {

using alerts::AlertState;
using alerts::Transition;

/// One alert as the detector found it.
struct Found {
  std::vector<Transition> steps;
  std::optional<Transition> open;  // as it stands
  const ToldAlert* told = nullptr;

  const Transition& last() const { return open ? *open : steps.back(); }
  /// Opened by the rows that were gone through again, for a live alert.
  bool is_new() const { return !steps.empty() && steps.front().sequence == 1 && !steps.front().late; }
};

std::vector<Found> by_alert(const FoundAgain& found) {
  std::vector<Found> all;
  const auto entry = [&](const std::string& id) -> Found& {
    const auto known = std::find_if(all.begin(), all.end(), [&](const Found& f) { return f.last().alert_id == id; });
    return known == all.end() ? all.emplace_back() : *known;
  };
  for (const Transition& step : found.transitions) entry(step.alert_id).steps.push_back(step);
  for (const Transition& open : found.open) entry(open.alert_id).open = open;
  return all;
}

void match(std::vector<Found>& found, std::span<const ToldAlert> told, std::int64_t since) {
  std::vector<bool> taken(told.size());
  for (Found& one : found) {
    for (std::size_t i = 0; i < told.size(); ++i) {
      if (told[i].id == one.last().alert_id) one.told = &told[i], taken[i] = true;
    }
  }
  for (Found& one : found) {
    if (one.told || !one.is_new()) continue;
    const std::string key = alerts::key_json(one.last().key);
    for (std::size_t i = 0; i < told.size() && !one.told; ++i) {
      const ToldAlert& candidate = told[i];
      const bool of_these_rows = candidate.opened_seq > since || candidate.state != AlertState::resolved;
      if (taken[i] || candidate.late || !of_these_rows) continue;
      if (candidate.rule == one.last().rule && candidate.key_json == key) one.told = &candidate, taken[i] = true;
    }
  }
}

/// The step that leads from what was told to what is so; nothing where they are the same.
std::optional<Transition> next_step(const Found& found) {
  const ToldAlert& told = *found.told;
  Transition step = found.last();
  const bool same_state = step.state == told.state;
  if (same_state && step.alert_id == told.id && step.started_at == told.started_at) return std::nullopt;
  step.alert_id = told.id;
  step.sequence = told.sequence + 1;
  step.type.clear();  // only its start is another one
  if (same_state) return step;
  if (step.state == AlertState::firing) step.type = "alert.firing";
  if (step.state == AlertState::resolved && told.state == AlertState::firing) step.type = "alert.resolved";
  return step;
}

}  // namespace

Reconciled reconcile(std::span<const ToldAlert> told, const FoundAgain& found) {
  std::vector<Found> all = by_alert(found);
  match(all, told, found.since);
  Reconciled out;
  for (const Found& one : all) {
    if (!one.told) {
      out.tell.insert(out.tell.end(), one.steps.begin(), one.steps.end());
      continue;
    }
    const auto step = next_step(one);
    if (step) out.tell.push_back(*step);
    if (!one.open) continue;
    out.go_on.push_back({one.open->rule, one.open->alert_id, one.told->id, one.told->sequence + (step ? 1 : 0)});
  }
  for (const ToldAlert& alert : told) {
    const bool is_found = std::any_of(all.begin(), all.end(), [&](const Found& one) { return one.told == &alert; });
    if (is_found) continue;
    if (alert.state != AlertState::resolved || (alert.late && alert.opened_seq > found.since)) {
      out.unfounded.push_back(alert.id);
    }
  }
  return out;
}

}  // namespace tapewatch
