// Tested by tests/alerts/formats/message_format_test.cpp
#include "alerts/formats/service_message.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "alerts/detector/recent_stories.hpp"
#include "config/notation/duration.hpp"
#include "config/notation/json_writer.hpp"
#include "config/notation/rfc3339.hpp"
#include "config/notation/url.hpp"

namespace tapewatch::alerts {
namespace {

constexpr std::size_t kNoticeText = 2'000;  // bytes of one text
constexpr std::size_t kMostTroubles = 5;

void begin_notice(notation::JsonWriter& json, std::string_view type, TimePoint timestamp) {
  json.begin_object().field("type", type).field("timestamp", timestamp).key("data").begin_object();
}

void append_notice_text(notation::JsonWriter& json, std::string_view name, std::string_view text) {
  json.field(name, cut_text(text, kNoticeText));
}

std::string end_notice(notation::JsonWriter& json, const MessageContext& context) {
  append_notice_text(json, "config_version", context.config_version);
  return json.end_object().end_object().take();
}

/// What is wrong, in a line.
std::string joined(const std::vector<std::string>& troubles) {
  std::string line;
  for (std::size_t i = 0; i < std::min(troubles.size(), kMostTroubles); ++i) {
    line += (i == 0 ? "" : "; ") + cut_text(troubles[i], 300);
  }
  if (troubles.size() > kMostTroubles) line += fmt::format("; and {} more", troubles.size() - kMostTroubles);
  return line;
}

}  // namespace

std::string webhook_disabled_body(std::string_view webhook, std::string_view reason, const MessageContext& context,
                                  TimePoint timestamp) {
  notation::JsonWriter json;
  begin_notice(json, "webhook-disabled", timestamp);
  append_notice_text(json, "webhook", webhook);
  append_notice_text(json, "reason", reason);
  append_notice_text(
      json, "summary",
      fmt::format("webhook {} is switched off ({}): it receives nothing until it is enabled again", webhook, reason));
  json.key("enable_url");
  if (context.external_url.empty()) {
    json.null();
  } else {
    const std::size_t end = context.external_url.find_last_not_of('/');
    json.value(fmt::format("{}/v1/webhooks/{}/enable", context.external_url.substr(0, end + 1),
                           notation::percent_encode(webhook)));
  }
  return end_notice(json, context);
}

std::string test_body(std::string_view webhook, bool over, const MessageContext& context, TimePoint timestamp) {
  notation::JsonWriter json;
  begin_notice(json, "test", timestamp);
  append_notice_text(json, "webhook", webhook);
  json.field("state", over ? "resolved" : "firing");
  append_notice_text(json, "summary",
                     fmt::format("A test of the webhook {}: whoever reads this would be told of alerts", webhook));
  return end_notice(json, context);
}

std::string heartbeat_body(const Heartbeat& heartbeat, const MessageContext& context, TimePoint timestamp) {
  notation::JsonWriter json;
  begin_notice(json, "heartbeat", timestamp);
  append_notice_text(json, "webhook", heartbeat.webhook);
  json.field("interval", notation::format_duration(heartbeat.interval));
  json.field("status", heartbeat.troubles.empty() ? "ok" : "degraded").key("troubles").begin_array();
  for (std::size_t i = 0; i < std::min(heartbeat.troubles.size(), kMostTroubles); ++i) {
    json.value(cut_text(heartbeat.troubles[i], 300));
  }
  json.end_array().field("firing", heartbeat.firing).field("event_time", heartbeat.event_time);
  std::string summary = "tapewatch runs";
  if (!heartbeat.troubles.empty()) summary += ", but " + joined(heartbeat.troubles);
  summary += fmt::format("; alerts that fire: {}", heartbeat.firing);
  append_notice_text(json, "summary", summary);
  return end_notice(json, context);
}

}  // namespace tapewatch::alerts
