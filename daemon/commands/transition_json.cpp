#include "daemon/commands/transition_json.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <boost/json.hpp>

namespace tapewatch {

std::string rfc3339(alerts::TimePoint time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto rest = (time - seconds).count();
  return fmt::format("{:%FT%T}.{:03}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)), rest);
}

std::string transition_json(const alerts::Transition& transition) {
  namespace json = boost::json;
  json::object head;
  head["alert"] = transition.alert_id;
  head["sequence"] = transition.sequence;
  head["state"] = std::string(alerts::to_string(transition.state));
  head["type"] = transition.type;
  head["rule"] = transition.rule;
  head["severity"] = transition.severity;
  json::object key;
  for (const auto& [dimension, id] : transition.key) key[dimension] = id;
  head["key"] = key;
  head["started_at"] = rfc3339(transition.started_at);
  head["updated_at"] = rfc3339(transition.updated_at);
  if (transition.ended_at) {
    head["ended_at"] = rfc3339(*transition.ended_at);
  } else {
    head["ended_at"] = nullptr;
  }
  if (!transition.reason.empty()) head["reason"] = transition.reason;
  head["late"] = transition.late;
  head["summary"] = transition.summary;
  head["model_version"] = transition.model_version;
  // The evidence is already JSON, with numbers as the house prints them: joined as text.
  const std::string evidence = alerts::evidence_json(transition.evidence);
  std::string line = json::serialize(head);
  if (evidence.size() > 2) line.replace(line.size() - 1, 1, "," + evidence.substr(1));
  return line;
}

}  // namespace tapewatch
