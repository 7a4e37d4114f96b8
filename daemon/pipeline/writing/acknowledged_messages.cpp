// Tested by tests/daemon/api/acknowledgement_api_test.cpp
#include "daemon/pipeline/writing/acknowledged_messages.hpp"

#include <fmt/format.h>

#include "daemon/pipeline/writing/outbox_message.hpp"

namespace tapewatch {
namespace {

alerts::AcknowledgedAlert to_acknowledged_alert(const storage::AlertRow& row, const storage::Acknowledgement& said) {
  alerts::AcknowledgedAlert alert;
  alert.id = row.id;
  alert.sequence = row.sequence;
  alert.state = row.state;
  alert.rule = row.rule;
  alert.severity = row.severity;
  alert.key = texts_of(row.key_json);
  alert.labels = texts_of(row.labels_json);
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
    const auto identity = fmt::format("{}\nacknowledged {}\n{}", alert.id, said.number, webhook.name);
    messages.push_back(outbox_message("alert.acknowledged", webhook.name, identity, body, said.at));
    messages.back().alert_id = alert.id;
  }
  return messages;
}

}  // namespace tapewatch
