#include "alerts/formats/digest_message.hpp"

#include <fmt/format.h>

#include "alerts/detector/recent_stories.hpp"
#include "config/notation/duration.hpp"
#include "config/notation/json_writer.hpp"

namespace tapewatch::alerts {
namespace {

constexpr std::size_t kDigestedBytes = 18'000;  // of the alerts together
constexpr std::size_t kDigestedText = 300;      // of a summary or a value

std::string digested_json(const DigestedAlert& alert, const MessageContext& context, TimePoint timestamp) {
  notation::JsonWriter json;
  json.begin_object().field("id", alert.id).key("key").begin_object();
  for (const auto& [dimension, value] : alert.key) json.field(dimension, cut_text(value, kDigestedText));
  json.end_object().field("severity", alert.severity).field("summary", cut_text(alert.summary, kDigestedText));
  json.field("started_at", alert.started_at).field("ended_at", alert.ended_at).key("url");
  const std::string url = alert_url(alert.id, context, timestamp);
  if (url.empty()) {
    json.null();
  } else {
    json.value(url);
  }
  return json.end_object().take();
}

}  // namespace

std::string digest_body(const Digest& digest, const MessageContext& context, TimePoint timestamp) {
  std::vector<std::string> shown;
  std::size_t bytes = 0;
  for (const DigestedAlert& alert : digest.alerts) {
    std::string one = digested_json(alert, context, timestamp);
    bytes += one.size() + 1;
    if (bytes > kDigestedBytes) break;
    shown.push_back(std::move(one));
  }
  const std::size_t count = digest.alerts.size();
  notation::JsonWriter json;
  json.begin_object().field("type", "digest").field("timestamp", timestamp).key("data").begin_object();
  json.field("rule", digest.rule);
  json.field("summary",
             fmt::format("{}: {} more {} in {}, beyond its max_alerts", digest.rule, count,
                         count == 1 ? "alert" : "alerts", notation::duration_in_words(digest.until - digest.since)));
  json.key("period").begin_object().field("from", digest.since).field("to", digest.until).end_object();
  json.field("count", count).field("omitted", count - shown.size()).key("alerts").begin_array();
  for (const std::string& one : shown) json.raw(one);
  json.end_array().field("config_version", context.config_version);
  return json.end_object().end_object().take();
}

}  // namespace tapewatch::alerts
