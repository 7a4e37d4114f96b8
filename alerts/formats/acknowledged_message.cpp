#include "alerts/formats/acknowledged_message.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "alerts/detector/recent_stories.hpp"
#include "alerts/formats/alert_links.hpp"
#include "alerts/notification/silence_options.hpp"
#include "config/notation/json_writer.hpp"

namespace tapewatch::alerts {
namespace {

void append_stored_evidence(notation::JsonWriter& json, const std::string& evidence_json, std::size_t summary_bytes) {
  boost::system::error_code error;
  const auto tree = boost::json::parse(evidence_json, error);
  const auto* evidence = error ? nullptr : tree.if_object();
  const auto* summary = evidence == nullptr ? nullptr : evidence->if_contains("summary");
  const bool has_summary = summary != nullptr && summary->is_string();
  json.field("summary", has_summary ? cut_text(std::string(summary->get_string()), summary_bytes) : "");
  if (evidence == nullptr) return;
  for (const char* name :
       {"observed", "expected", "interval", "p_value", "window", "story_count", "document_count", "top_stories"}) {
    if (const auto* value = evidence->if_contains(name)) json.field(name, *value);
  }
}

std::string acknowledged_body_of(const AcknowledgedAlert& alert, const MessageContext& context,
                                 std::size_t summary_bytes) {
  notation::JsonWriter json;
  json.begin_object().field("type", "alert.acknowledged").field("timestamp", alert.at).key("data").begin_object();
  json.field("id", alert.id).field("sequence", alert.sequence).field("state", alert.state);
  json.field("rule", alert.rule).field("severity", alert.severity).field("labels", alert.labels);
  json.field("key", alert.key).field("measure", alert.measure);
  json.field("started_at", alert.started_at).field("updated_at", alert.updated_at).field("ended_at", alert.ended_at);
  append_stored_evidence(json, alert.evidence_json, summary_bytes);
  json.key("acknowledgement").begin_object().field("at", alert.at).field("by", alert.by);
  json.field("comment", alert.comment).field("verdict", alert.verdict).end_object();
  json.field("config_version", context.config_version);
  json.field("runbook_url", alert.runbook_url.empty() ? std::nullopt : std::optional(alert.runbook_url));
  const std::string link = alert_url(alert.id, context, alert.at);
  json.field("alert_url", link.empty() ? std::nullopt : std::optional(link));
  json.field("silence_url", silence_url(context.external_url, alert.id));
  return json.end_object().end_object().take();
}

}  // namespace

std::string acknowledged_body(const AcknowledgedAlert& alert, const MessageContext& context) {
  std::string body = acknowledged_body_of(alert, context, 2'000);
  if (body.size() < kMaxWebhookBytes) return body;
  AcknowledgedAlert shorter = alert;
  shorter.labels.clear();
  shorter.runbook_url.clear();
  return acknowledged_body_of(shorter, context, 200);
}

bool wants_acknowledgement(const WebhookOptions& webhook, const AcknowledgedAlert& alert, bool told) {
  const auto lists = [&](std::string_view event) {
    return std::find(webhook.events.begin(), webhook.events.end(), event) != webhook.events.end();
  };
  if (webhook.format == "pagerduty") return told && alert.state == "firing";
  if (!lists("acknowledged")) return false;
  if (told) return true;
  return !lists("firing") && std::all_of(webhook.match.begin(), webhook.match.end(), [&](const auto& entry) {
    const std::string* value = silence_value(alert, entry.first);
    return value != nullptr && std::find(entry.second.begin(), entry.second.end(), *value) != entry.second.end();
  });
}

}  // namespace tapewatch::alerts
