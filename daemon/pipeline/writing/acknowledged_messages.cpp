// Tested by tests/daemon/api/acknowledgement_api_test.cpp
#include "daemon/pipeline/writing/acknowledged_messages.hpp"

#include <boost/json.hpp>
#include <map>

#include "daemon/pipeline/writing/message_id.hpp"

namespace tapewatch {
namespace {

/// What key_json() and labels_json hold.
std::map<std::string, std::string> acknowledged_texts(const std::string& json) {
  std::map<std::string, std::string> texts;
  boost::json::error_code error;
  const auto tree = boost::json::parse(json, error);
  if (error || !tree.is_object()) return texts;
  for (const auto& [name, value] : tree.get_object()) {
    if (value.is_string()) texts.emplace(std::string(name), std::string(value.get_string()));
  }
  return texts;
}

alerts::AcknowledgedAlert to_acknowledged_alert(const storage::AlertRow& row, const storage::Acknowledgement& said) {
  alerts::AcknowledgedAlert alert;
  alert.id = row.id;
  alert.sequence = row.sequence;
  alert.state = row.state;
  alert.rule = row.rule;
  alert.severity = row.severity;
  alert.key = acknowledged_texts(row.key_json);
  alert.labels = acknowledged_texts(row.labels_json);
  alert.measure = row.measure;
  alert.evidence_json = row.evidence_json;
  alert.started_at = row.started_at;
  alert.updated_at = row.updated_at;
  alert.ended_at = row.ended_at;
  alert.runbook_url = row.runbook_url;
  alert.at = said.at;
  alert.by = said.by;
  alert.comment = said.comment;
  alert.verdict = said.verdict;
  return alert;
}

}  // namespace

std::vector<storage::OutboxMessage> to_acknowledged_messages(const storage::AlertRow& alert,
                                                             const storage::Acknowledgement& said,
                                                             std::span<const alerts::WebhookOptions> webhooks,
                                                             const std::set<std::string>& told,
                                                             const alerts::MessageContext& context) {
  const alerts::AcknowledgedAlert acknowledged = to_acknowledged_alert(alert, said);
  std::vector<storage::OutboxMessage> messages;
  std::string body;
  for (const auto& webhook : webhooks) {
    if (!alerts::wants_acknowledgement(webhook, acknowledged, told.contains(webhook.name))) continue;
    if (body.empty()) body = alerts::acknowledged_body(acknowledged, context);
    storage::OutboxMessage message;
    message.id = message_id(fmt::format("{}\nacknowledged {}\n{}", alert.id, said.number, webhook.name));
    message.webhook = webhook.name;
    message.type = "alert.acknowledged";
    message.alert_id = alert.id;
    message.body = body;
    message.created_at = said.at;
    messages.push_back(std::move(message));
  }
  return messages;
}

}  // namespace tapewatch
