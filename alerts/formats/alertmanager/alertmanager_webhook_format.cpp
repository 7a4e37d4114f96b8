#include "alerts/formats/alertmanager/alertmanager_webhook_format.hpp"

#include <fmt/format.h>

#include "alerts/formats/alertmanager/alert_labels.hpp"
#include "config/notation/hex.hpp"
#include "config/notation/json_writer.hpp"

namespace tapewatch::alerts {
namespace {

constexpr std::string_view kNotEnded = "0001-01-01T00:00:00Z";  // Go's zero time, which Alertmanager sends

}  // namespace

std::string AlertmanagerWebhookFormat::render(std::span<const std::string> bodies, const RenderContext& context) const {
  const ToldMessage message = read_told_message(bodies.front());
  const auto labels = alert_labels(message);
  const auto annotations = alert_annotations(message);
  const std::string_view status = message.is_resolved() ? "resolved" : "firing";
  notation::JsonWriter json;
  json.begin_object().field("version", "4");
  json.field("groupKey", fmt::format("{}/{}", context.webhook, message.is_alert() ? message.id : message.webhook));
  json.field("truncatedAlerts", 0).field("status", status).field("receiver", context.webhook);
  json.field("groupLabels", std::map<std::string, std::string>{{"alertname", labels.at("alertname")}});
  json.field("commonLabels", labels).field("commonAnnotations", annotations);
  json.field("externalURL", context.external_url).key("alerts").begin_array().begin_object();
  json.field("status", status).field("labels", labels).field("annotations", annotations);
  json.field("startsAt", message.is_alert() ? message.started_at : message.timestamp);
  if (message.is_resolved()) {
    json.field("endsAt", message.ended_at.value_or(context.now));
  } else {
    json.field("endsAt", kNotEnded);
  }
  json.field("generatorURL", message.alert_url);
  // 16 hex digits there too.
  json.field("fingerprint", message.is_alert() ? message.id.substr(0, 16) : std::string(16, '0'));
  json.end_object().end_array();
  return json.end_object().take();
}

}  // namespace tapewatch::alerts
