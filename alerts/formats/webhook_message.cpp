#include "alerts/formats/webhook_message.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "alerts/detector/recent_stories.hpp"
#include "alerts/formats/alert_links.hpp"
#include "alerts/formats/alert_text.hpp"
#include "alerts/formats/message_format.hpp"
#include "config/notation/duration.hpp"
#include "config/notation/json_writer.hpp"
#include "config/notation/url.hpp"

namespace tapewatch::alerts {
namespace {

/// How much of a transition a body contains; each step drops more until the body fits.
struct Room {
  std::size_t title_bytes;
  std::size_t url_bytes;
  std::size_t stories;
  std::size_t text_bytes;  ///< summary, key values, label values, versions
};
/// Of links to the alert itself, which a crowded message keeps.
constexpr std::size_t kOwnLinkBytes = 600;
constexpr Room kRooms[] = {{300, 1000, 5, 2000}, {160, 300, 5, 1000}, {120, 0, 5, 500}, {80, 0, 3, 200}, {0, 0, 0, 40}};

void append_text(notation::JsonWriter& json, std::string_view name, std::string_view value, std::size_t bytes) {
  json.field(name, cut_text(value, bytes));
}

/// A link, or null: a truncated link would lead nowhere.
void append_link(notation::JsonWriter& json, std::string_view name, const std::string& link, std::size_t bytes) {
  json.key(name);
  if (link.empty() || link.size() > bytes) {
    json.null();
  } else {
    json.value(link);
  }
}

void append_map(notation::JsonWriter& json, std::string_view name, const std::map<std::string, std::string>& map,
                std::size_t bytes) {
  json.key(name).begin_object();
  std::size_t left = 4 * bytes;
  for (const auto& [key, value] : map) {
    if (key.size() + std::min(value.size(), bytes) > left) continue;
    left -= key.size() + std::min(value.size(), bytes);
    append_text(json, key, value, bytes);
  }
  json.end_object();
}

std::string base_url(std::string url) {
  while (!url.empty() && url.back() == '/') url.pop_back();
  return url;
}

/// `path`: with places for our address, the id, and what the link carries.
std::string alert_link(std::string_view path, const std::string& id, const MessageContext& context, TimePoint now) {
  const std::string base = base_url(context.external_url);
  if (base.empty()) return {};
  return fmt::format(fmt::runtime(path), base, notation::percent_encode(id), context.links.query(id, now));
}

void append_evidence(notation::JsonWriter& json, const Evidence& e, const Room& room) {
  append_judgement(json, e);
  json.field("window", notation::format_duration(e.window));
  json.field("window_start", e.window_start).field("window_end", e.window_end);
  json.field("story_count", e.story_count).field("document_count", e.document_count);
  json.field("source_count", e.source_count).field("warming", e.warming);
  if (!e.single_source.empty()) append_text(json, "single_source", e.single_source, room.text_bytes);
  json.key("baseline").begin_object().field("from", e.baseline_from).field("to", e.baseline_to).end_object();
  append_calendar(json, e.calendar);
  json.key("top_stories").begin_array();
  for (std::size_t i = 0; i < std::min(room.stories, e.top_stories.size()); ++i) {
    TopStory story = e.top_stories[i];
    story.title = cut_text(story.title, room.title_bytes);
    story.source = cut_text(story.source, room.title_bytes);
    if (story.url.size() > room.url_bytes) story.url.clear();
    append_story(json, story);
  }
  json.end_array();
}

std::string body_in(const Transition& t, const MessageContext& context, TimePoint timestamp, const Room& room) {
  notation::JsonWriter json;
  json.begin_object();
  append_text(json, "type", t.type, 40);
  json.field("timestamp", timestamp).key("data").begin_object();
  append_text(json, "id", t.alert_id, 64);
  json.field("sequence", t.sequence).field("state", to_string(t.state));
  append_text(json, "rule", t.rule, room.text_bytes);
  append_text(json, "severity", t.severity, 40);
  if (!t.raised_from.empty()) append_text(json, "raised_from", t.raised_from, 40);
  append_text(json, "summary", t.summary, room.text_bytes);
  append_map(json, "labels", t.labels, room.text_bytes);
  append_map(json, "key", t.key, room.text_bytes);
  json.field("measure", to_string(t.measure));
  json.field("started_at", t.started_at).field("updated_at", t.updated_at).field("ended_at", t.ended_at);
  if (t.reason.empty()) {
    json.key("reason").null();
  } else {
    append_text(json, "reason", t.reason, room.text_bytes);
  }
  append_evidence(json, t.evidence, room);
  json.field("late", t.late).field("missed", context.missed);
  append_link(json, "suppressed_by", t.suppressed_by, room.text_bytes);
  if (context.repeat > 0) {
    json.field("repeat", context.repeat);
    json.field("firing_for",
               notation::format_duration(std::chrono::floor<std::chrono::minutes>(t.updated_at - t.started_at)));
  }
  append_text(json, "model_version", t.model_version, room.text_bytes);
  append_text(json, "config_version", context.config_version, room.text_bytes);
  append_link(json, "runbook_url", t.runbook_url, room.text_bytes);
  append_link(json, "alert_url", alert_link("{}/alerts/{}{}", t.alert_id, context, timestamp), kOwnLinkBytes);
  append_link(json, "silence_url", silence_url(context.external_url, t.alert_id).value_or(""), kOwnLinkBytes);
  append_link(json, "chart_url", alert_link("{}/v1/alerts/{}/chart.svg{}", t.alert_id, context, timestamp),
              kOwnLinkBytes);
  return json.end_object().end_object().take();
}

std::string_view event_of(const Transition& t) {
  const std::string_view prefix = "alert.";
  return std::string_view(t.type).starts_with(prefix) ? std::string_view(t.type).substr(prefix.size())
                                                      : std::string_view();
}

}  // namespace

std::string alert_url(const std::string& alert_id, const MessageContext& context, TimePoint timestamp) {
  return alert_link("{}/alerts/{}{}", alert_id, context, timestamp);
}

std::string webhook_body(const Transition& transition, const MessageContext& context, TimePoint timestamp) {
  std::string body;
  for (const Room& room : kRooms) {
    body = body_in(transition, context, timestamp, room);
    if (body.size() < kMaxWebhookBytes) break;
  }
  return body;
}

bool wants(const WebhookOptions& webhook, const Transition& t, bool told) {
  const std::string_view event = event_of(t);
  if (t.late || !t.kept_back_by.empty() || event.empty()) return false;
  const auto has = [](const std::vector<std::string>& accepted, std::string_view value) {
    return std::find(accepted.begin(), accepted.end(), value) != accepted.end();
  };
  // Who hears of alerts that fire hears of one that has just become as grave as those it asks for.
  const bool has_event = has(webhook.events, event) && message_format(webhook.format).takes(event);
  if (!has_event && !(t.raised && has(webhook.events, "firing"))) return false;
  if (told && event != "firing") return true;
  return std::all_of(webhook.match.begin(), webhook.match.end(), [&](const auto& entry) {
    const auto& [name, accepted] = entry;
    std::string value;
    if (name == "severity") {
      // Whoever was told while the alert was less grave is told how it ends.
      return has(accepted, t.severity) || (!t.raised_from.empty() && has(accepted, t.raised_from));
    }
    if (name == "rule") {
      value = t.rule;
    } else if (const auto label = t.labels.find(name); label != t.labels.end()) {
      value = label->second;
    } else {
      return false;
    }
    return has(accepted, value);
  });
}

}  // namespace tapewatch::alerts
