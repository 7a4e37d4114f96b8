// Tested by tests/alerts/formats/message_format_test.cpp
#include "alerts/formats/pagerduty/pagerduty_format.hpp"

#include <array>

#include "alerts/detector/recent_stories.hpp"
#include "alerts/formats/alert_text.hpp"
#include "config/notation/json_writer.hpp"

namespace tapewatch::alerts {
namespace {

constexpr std::size_t kSummaryBytes = 1'000;  // PagerDuty cuts a summary after 1,024 characters

bool is_acknowledgement(const ToldMessage& message) { return message.type == "alert.acknowledged"; }

std::string_view pagerduty_action(const ToldMessage& message) {
  if (message.is_resolved()) return "resolve";
  return is_acknowledgement(message) ? "acknowledge" : "trigger";
}

std::string pagerduty_severity(const ToldMessage& message) {
  constexpr std::array<std::string_view, 4> kTheirs = {"critical", "error", "warning", "info"};
  for (const auto severity : kTheirs) {
    if (message.severity == severity) return std::string(severity);
  }
  if (message.is_alert()) return "critical";
  return message.type == "test" ? "info" : "warning";
}

void append_pagerduty_details(notation::JsonWriter& json, const ToldMessage& message) {
  json.key("custom_details").begin_object();
  for (const auto& [name, value] : message.key) json.field(name, value);
  for (const auto& [name, value] : message.labels) json.field("label_" + name, value);
  for (const auto& [name, value] : message.evidence) json.field(name, value);
  json.field("stories", message.story_count).field("documents", message.document_count);
  json.key("top_stories").begin_array();
  for (const TopStory& story : message.top_stories) json.value(story.title + risk_text(story) + " — " + story.source);
  json.end_array().end_object();
}

void append_pagerduty_links(notation::JsonWriter& json, const ToldMessage& message) {
  json.key("links").begin_array();
  for (const auto& [text, url] : {std::pair<std::string_view, const std::string&>{"alert", message.alert_url},
                                  {"chart", message.chart_url},
                                  {"runbook", message.runbook_url},
                                  {"enable", message.enable_url}}) {
    if (!url.empty()) json.begin_object().field("href", url).field("text", text).end_object();
  }
  json.end_array();
}

void append_pagerduty_picture(notation::JsonWriter& json, const ToldMessage& message) {
  if (message.picture_url().empty()) return;
  json.key("images").begin_array().begin_object().field("src", message.picture_url());
  if (!message.alert_url.empty()) json.field("href", message.alert_url);
  json.field("alt", "chart of the series").end_object().end_array();
}

}  // namespace

std::string PagerDutyFormat::render(std::span<const std::string> bodies, const RenderContext& context) const {
  const ToldMessage message = read_told_message(bodies.front());
  notation::JsonWriter json;
  json.begin_object().field("routing_key", context.routing_key);
  json.field("event_action", pagerduty_action(message));
  json.field("dedup_key", message.is_alert() ? message.id : message.type + "/" + message.webhook);
  if (is_acknowledgement(message)) return json.end_object().take();  // the incident keeps what it has
  json.field("client", "tapewatch");
  if (!message.alert_url.empty()) json.field("client_url", message.alert_url);
  append_pagerduty_links(json, message);
  append_pagerduty_picture(json, message);
  json.key("payload").begin_object();
  json.field("summary", cut_text(message.summary, kSummaryBytes));
  json.field("source", context.external_url.empty() ? std::string("tapewatch") : context.external_url);
  json.field("severity", pagerduty_severity(message))
      .field("timestamp", message.is_alert() ? message.started_at : message.timestamp);
  if (message.is_alert()) {
    json.field("component", message.rule).field("class", message.type);
    append_pagerduty_details(json, message);
  }
  return json.end_object().end_object().take();
}

}  // namespace tapewatch::alerts
