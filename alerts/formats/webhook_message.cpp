#include "alerts/formats/webhook_message.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "alerts/detector/recent_stories.hpp"
#include "alerts/formats/alert_text.hpp"
#include "alerts/formats/json_text.hpp"

namespace tapewatch::alerts {
namespace {

/// How much of a transition a body carries; each step gives up more until the body fits.
struct Room {
  std::size_t title_bytes;
  std::size_t url_bytes;
  std::size_t stories;
  std::size_t text_bytes;  ///< summary, key values, label values, versions
};
constexpr Room kRooms[] = {{300, 1000, 5, 2000}, {160, 300, 5, 1000}, {120, 0, 5, 500}, {80, 0, 3, 200}, {0, 0, 0, 40}};

void append_member(std::string& out, std::string_view name) {
  if (out.back() != '{') out.push_back(',');
  append_json_string(out, name);
  out.push_back(':');
}

void append_text(std::string& out, std::string_view name, std::string_view value, std::size_t bytes) {
  append_member(out, name);
  append_json_string(out, cut_text(value, bytes));
}

/// A link, or null: a link that does not fit would lead nowhere.
void append_link(std::string& out, std::string_view name, const std::string& link, std::size_t bytes) {
  append_member(out, name);
  if (link.empty() || link.size() > bytes)
    out += "null";
  else
    append_json_string(out, link);
}

void append_map(std::string& out, std::string_view name, const std::map<std::string, std::string>& map,
                std::size_t bytes) {
  append_member(out, name);
  out.push_back('{');
  std::size_t left = 4 * bytes;
  for (const auto& [key, value] : map) {
    if (key.size() + std::min(value.size(), bytes) > left) continue;
    left -= key.size() + std::min(value.size(), bytes);
    append_text(out, key, value, bytes);
  }
  out.push_back('}');
}

std::string url_escaped(std::string_view text) {
  std::string out;
  for (const unsigned char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '_' || c == '.' || c == '~';
    if (plain)
      out.push_back(static_cast<char>(c));
    else
      out += fmt::format("%{:02X}", c);
  }
  return out;
}

/// The series' history around the alert, as the query interface gives it: from two hours before to the last news of it.
std::string chart_url(const Transition& t, const std::string& base) {
  constexpr auto before = std::chrono::hours{2};
  const auto ms = [](TimePoint at) { return at.time_since_epoch().count(); };
  std::string url = fmt::format("{}/v1/sentiment?from={}&to={}&bucket=1m", base, ms(t.started_at - before),
                                ms(t.updated_at + std::chrono::minutes{1}));
  for (const auto& [dimension, id] : t.key) url += fmt::format("&{}={}", dimension, url_escaped(id));
  return url;
}

std::string base_url(std::string url) {
  while (!url.empty() && url.back() == '/') url.pop_back();
  return url;
}

void append_evidence(std::string& out, const Evidence& e, const Room& room) {
  append_member(out, "observed");
  out += fmt::format("{}", e.observed);
  append_member(out, "expected");
  append_json_number(out, e.expected, 4);
  append_member(out, "interval");
  out += fmt::format("[{},{}]", e.interval_low, e.interval_high);
  append_member(out, "p_value");
  append_json_number(out, e.p_value, 3);
  append_text(out, "window", duration_text(e.window), 40);
  append_member(out, "window_start");
  append_json_time(out, e.window_start);
  append_member(out, "window_end");
  append_json_time(out, e.window_end);
  append_member(out, "story_count");
  out += fmt::format("{}", e.story_count);
  append_member(out, "document_count");
  out += fmt::format("{}", e.document_count);
  append_member(out, "baseline");
  out.push_back('{');
  append_member(out, "from");
  append_json_time(out, e.baseline_from);
  append_member(out, "to");
  append_json_time(out, e.baseline_to);
  out.push_back('}');
  append_member(out, "top_stories");
  out.push_back('[');
  for (std::size_t i = 0; i < std::min(room.stories, e.top_stories.size()); ++i) {
    TopStory story = e.top_stories[i];
    story.title = cut_text(story.title, room.title_bytes);
    story.source = cut_text(story.source, room.title_bytes);
    if (story.url.size() > room.url_bytes) story.url.clear();
    if (i > 0) out.push_back(',');
    append_story(out, story);
  }
  out.push_back(']');
}

std::string body_in(const Transition& t, const MessageContext& context, TimePoint timestamp, const Room& room) {
  std::string out = "{";
  append_text(out, "type", t.type, 40);
  append_member(out, "timestamp");
  append_json_time(out, timestamp);
  append_member(out, "data");
  out.push_back('{');
  append_text(out, "id", t.alert_id, 64);
  append_member(out, "sequence");
  out += fmt::format("{}", t.sequence);
  append_text(out, "state", to_string(t.state), 40);
  append_text(out, "rule", t.rule, room.text_bytes);
  append_text(out, "severity", t.severity, 40);
  append_text(out, "summary", t.summary, room.text_bytes);
  append_map(out, "labels", t.labels, room.text_bytes);
  append_map(out, "key", t.key, room.text_bytes);
  append_text(out, "measure", to_string(t.measure), 40);
  append_member(out, "started_at");
  append_json_time(out, t.started_at);
  append_member(out, "updated_at");
  append_json_time(out, t.updated_at);
  append_member(out, "ended_at");
  if (t.ended_at)
    append_json_time(out, *t.ended_at);
  else
    out += "null";
  append_member(out, "reason");
  if (t.reason.empty())
    out += "null";
  else
    append_json_string(out, cut_text(t.reason, room.text_bytes));
  append_evidence(out, t.evidence, room);
  append_member(out, "late");
  out += t.late ? "true" : "false";
  append_member(out, "missed");
  out += context.missed ? "true" : "false";
  append_link(out, "suppressed_by", context.suppressed_by, room.text_bytes);
  append_text(out, "model_version", t.model_version, room.text_bytes);
  append_text(out, "config_version", context.config_version, room.text_bytes);
  append_link(out, "runbook_url", t.runbook_url, room.text_bytes);
  const std::string base = base_url(context.external_url);
  append_link(out, "alert_url", base.empty() ? "" : base + "/#alert-" + url_escaped(t.alert_id), room.text_bytes);
  append_link(out, "silence_url", "", 0);
  append_link(out, "chart_url", base.empty() ? "" : chart_url(t, base), room.text_bytes);
  return out + "}}";
}

std::string_view event_of(const Transition& t) {
  const std::string_view prefix = "alert.";
  return std::string_view(t.type).starts_with(prefix) ? std::string_view(t.type).substr(prefix.size())
                                                      : std::string_view();
}

}  // namespace

std::string webhook_body(const Transition& transition, const MessageContext& context, TimePoint timestamp) {
  std::string body;
  for (const Room& room : kRooms) {
    body = body_in(transition, context, timestamp, room);
    if (body.size() < kMaxWebhookBytes) break;
  }
  return body;
}

std::string webhook_disabled_body(std::string_view webhook, std::string_view reason, const MessageContext& context,
                                  TimePoint timestamp) {
  const Room& room = kRooms[0];
  std::string out = R"({"type":"webhook-disabled")";
  append_member(out, "timestamp");
  append_json_time(out, timestamp);
  append_member(out, "data");
  out.push_back('{');
  append_text(out, "webhook", webhook, room.text_bytes);
  append_text(out, "reason", reason, room.text_bytes);
  append_text(
      out, "summary",
      fmt::format("webhook {} is switched off ({}): it gets nothing until it is enabled again", webhook, reason),
      room.text_bytes);
  append_text(out, "config_version", context.config_version, room.text_bytes);
  const std::string base = base_url(context.external_url);
  append_link(out, "enable_url", base.empty() ? "" : base + "/v1/webhooks/" + url_escaped(webhook) + "/enable",
              room.url_bytes);
  return out + "}}";
}

bool wants(const WebhookOptions& webhook, const Transition& t) {
  const std::string_view event = event_of(t);
  if (t.late || event.empty()) return false;
  if (std::find(webhook.events.begin(), webhook.events.end(), event) == webhook.events.end()) return false;
  return std::all_of(webhook.match.begin(), webhook.match.end(), [&](const auto& entry) {
    const auto& [name, accepted] = entry;
    std::string value;
    if (name == "severity")
      value = t.severity;
    else if (name == "rule")
      value = t.rule;
    else if (const auto label = t.labels.find(name); label != t.labels.end())
      value = label->second;
    else
      return false;
    return std::find(accepted.begin(), accepted.end(), value) != accepted.end();
  });
}

}  // namespace tapewatch::alerts
