// Tested by tests/e2e/demo/wire_test.py
#include "daemon/commands/transition_json.hpp"

#include "config/notation/json_writer.hpp"

namespace tapewatch {

std::string transition_json(const alerts::Transition& transition) {
  notation::JsonWriter json;
  json.begin_object().field("alert", transition.alert_id).field("sequence", transition.sequence);
  json.field("state", alerts::to_string(transition.state)).field("type", transition.type);
  json.field("rule", transition.rule).field("severity", transition.severity).field("key", transition.key);
  json.field("measure", alerts::to_string(transition.measure));
  json.field("started_at", transition.started_at).field("updated_at", transition.updated_at);
  json.field("ended_at", transition.ended_at);
  if (!transition.reason.empty()) json.field("reason", transition.reason);
  json.field("late", transition.late).field("summary", transition.summary);
  json.field("model_version", transition.model_version);
  alerts::append_evidence(json, transition.evidence);
  return json.end_object().take();
}

}  // namespace tapewatch
