// Tested by tests/daemon/pipeline/backtest/alert_difference_test.cpp
#include "daemon/pipeline/backtest/fired_alerts.hpp"

#include "config/notation/json_writer.hpp"

namespace tapewatch {

void FiredAlerts::add(const std::vector<alerts::Transition>& transitions) {
  for (const auto& transition : transitions) {
    if (transition.late) continue;
    if (transition.type == "alert.firing") {
      if (open_.contains(transition.alert_id)) continue;  // told anew: a calendar had kept it back
      open_[transition.alert_id] = alerts_.size();
      alerts_.push_back({transition, std::nullopt, ""});
    } else if (transition.state == alerts::AlertState::resolved) {
      const auto open = open_.find(transition.alert_id);
      if (open == open_.end()) continue;  // was never confirmed
      alerts_[open->second].ended_at = transition.ended_at.value_or(transition.updated_at);
      alerts_[open->second].reason = transition.reason;
      open_.erase(open);
    }
  }
}

void append_fired_alert(notation::JsonWriter& json, const FiredAlert& alert) {
  const alerts::Transition& firing = alert.firing;
  json.field("id", firing.alert_id).field("rule", firing.rule).field("severity", firing.severity);
  json.field("key", firing.key).field("started_at", firing.started_at).field("fired_at", firing.updated_at);
  json.field("ended_at", alert.ended_at).key("reason");
  if (alert.reason.empty()) {
    json.null();
  } else {
    json.value(alert.reason);
  }
  json.field("summary", firing.summary).field("model", firing.model_version);
  json.key("evidence").begin_object();
  alerts::append_evidence(json, firing.evidence);
  json.end_object();
}

std::optional<double> per_week(std::size_t count, std::chrono::milliseconds span) {
  if (span <= std::chrono::milliseconds{0}) return std::nullopt;
  return static_cast<double>(count) / std::chrono::duration<double, std::chrono::weeks::period>(span).count();
}

}  // namespace tapewatch
