#include "alerts/formats/alertmanager/alertmanager_format.hpp"

#include "alerts/formats/alertmanager/alert_labels.hpp"
#include "config/notation/json_writer.hpp"

namespace tapewatch::alerts {
namespace {

constexpr std::string_view kAlertsPath = "/api/v2/alerts";
constexpr std::chrono::minutes kAlertLasts{4};

}  // namespace

std::string AlertmanagerFormat::address(const std::string& url) const {
  const std::size_t query = std::min(url.find('?'), url.size());
  std::string path = url.substr(0, query);
  if (path.ends_with(kAlertsPath)) return url;
  while (path.ends_with('/')) path.pop_back();
  return path + std::string(kAlertsPath) + url.substr(query);
}

std::string AlertmanagerFormat::render(std::span<const std::string> bodies, const RenderContext& context) const {
  notation::JsonWriter json;
  json.begin_array();
  for (const std::string& body : bodies) {
    const ToldMessage message = read_told_message(body);
    json.begin_object().field("labels", alert_labels(message)).field("annotations", alert_annotations(message));
    json.field("startsAt", message.is_alert() ? message.started_at : message.timestamp);
    // An end in its past is what Alertmanager takes for the end, and never one before the start.
    const TimePoint end = message.is_resolved() ? std::max(message.ended_at.value_or(context.now), message.started_at)
                                                : context.now + kAlertLasts;
    json.field("endsAt", std::min(end, message.is_resolved() ? context.now : end));
    if (!message.alert_url.empty()) json.field("generatorURL", message.alert_url);
    json.end_object();
  }
  return json.end_array().take();
}

}  // namespace tapewatch::alerts
