// Tested by tests/alerts/formats/message_format_test.cpp
#include "alerts/formats/slack/slack_format.hpp"

#include <fmt/format.h>

#include "alerts/formats/alert_text.hpp"
#include "config/notation/json_writer.hpp"

namespace tapewatch::alerts {
namespace {

constexpr std::size_t kMostPictures = 5;
constexpr std::size_t kSectionBytes = 2'900;  // Slack refuses a section of more than 3,000 characters

/// Slack's control characters; all other text stays as it is.
std::string slack_escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else {
      out += c == '\n' ? ' ' : c;
    }
  }
  return out;
}

/// A link; without an address the text alone. '|' and '>' end a link's parts.
std::string slack_link(std::string_view url, std::string_view text) {
  if (url.empty() || url.find_first_of("|<> \n") != std::string_view::npos) return slack_escaped(text);
  std::string label(text);
  for (char& c : label) c = c == '|' ? '/' : c;
  return fmt::format("<{}|{}>", slack_escaped(url), slack_escaped(label));
}

std::string attachment_colour(const ToldMessage& message) {
  if (message.is_resolved()) return "#2e7d32";
  if (message.severity == "critical" || message.severity == "error") return "#b71c1c";
  return message.severity == "warning" ? "#e65100" : "#1565c0";
}

std::string slack_section(const ToldMessage& message) {
  std::string text = fmt::format("*{}*", slack_escaped(message.headline()));
  if (message.missed) text += "\n_It fired while this channel could not be reached._";
  for (const std::string& told : message.lines) {
    const std::string line = fmt::format("\n• {}", slack_escaped(told));
    if (text.size() + line.size() > kSectionBytes) break;
    text += line;
  }
  for (const TopStory& story : message.top_stories) {
    std::string line = fmt::format("\n• {}{}", slack_link(story.url, story.title), slack_escaped(risk_text(story)));
    if (!story.source.empty()) line += fmt::format(" — {}", slack_escaped(story.source));
    if (story.documents > 1) line += fmt::format(" ({} documents)", story.documents);
    if (text.size() + line.size() > kSectionBytes) break;
    text += line;
  }
  return text;
}

std::string slack_digest(const ToldMessage& message) {
  std::string text = fmt::format("*{}*", slack_escaped(message.headline()));
  std::uint64_t left = message.digested.size() + message.omitted;
  for (const ToldMessage& alert : message.digested) {
    const std::string line =
        fmt::format("\n• {}{}", slack_link(alert.alert_url, alert.summary), alert.ended_at ? "" : " — still firing");
    if (text.size() + line.size() > kSectionBytes - 40) break;
    text += line;
    --left;
  }
  if (left > 0) text += fmt::format("\n… and {} more", left);
  return text;
}

std::string slack_context(const ToldMessage& message) {
  if (message.is_digest()) return "rule " + slack_escaped(message.rule);
  if (!message.lines.empty()) return {};
  if (!message.is_alert()) return slack_link(message.enable_url, "enable it again");
  std::string text = fmt::format("{} · rule {}", slack_escaped(message.severity), slack_escaped(message.rule));
  for (const auto& [name, value] : message.labels) {
    text += fmt::format(" · {} {}", slack_escaped(name), slack_escaped(value));
  }
  if (!message.alert_url.empty()) text += " · " + slack_link(message.alert_url, "alert");
  if (!message.chart_url.empty()) text += " · " + slack_link(message.chart_url, "chart");
  if (!message.runbook_url.empty()) text += " · " + slack_link(message.runbook_url, "runbook");
  return text.size() > kSectionBytes ? slack_escaped(message.rule) : text;
}

void append_slack_block(notation::JsonWriter& json, std::string_view type, const std::string& text) {
  json.begin_object().field("type", type);
  if (type == "context") {
    json.key("elements").begin_array().begin_object().field("type", "mrkdwn").field("text", text).end_object();
    json.end_array();
  } else {
    json.key("text").begin_object().field("type", "mrkdwn").field("text", text).end_object();
  }
  json.end_object();
}

/// As an attachment of the older kind, which is shown without its picture where Slack cannot fetch that; a block of the
/// type image would have the whole message refused.
void append_slack_picture(notation::JsonWriter& json, const ToldMessage& message) {
  json.begin_object().field("color", attachment_colour(message)).field("fallback", "chart of the series");
  json.field("image_url", message.picture_url()).end_object();
}

}  // namespace

std::string SlackFormat::render(std::span<const std::string> bodies, const RenderContext&) const {
  std::vector<ToldMessage> messages;
  messages.reserve(bodies.size());
  for (const std::string& body : bodies) messages.push_back(read_told_message(body));
  notation::JsonWriter json;
  json.begin_object();
  // What a notification shows, which has no room for blocks.
  json.field("text", messages.size() == 1
                         ? slack_escaped(messages.front().headline())
                         : fmt::format("{} alerts: {}, …", messages.size(), slack_escaped(messages.front().summary)));
  json.field("unfurl_links", false).key("attachments").begin_array();
  for (const ToldMessage& message : messages) {
    json.begin_object().field("color", attachment_colour(message)).key("blocks").begin_array();
    append_slack_block(json, "section", message.is_digest() ? slack_digest(message) : slack_section(message));
    if (const std::string context = slack_context(message); !context.empty()) {
      append_slack_block(json, "context", context);
    }
    json.end_array().end_object();
    if (messages.size() <= kMostPictures && !message.picture_url().empty()) append_slack_picture(json, message);
  }
  return json.end_array().end_object().take();
}

}  // namespace tapewatch::alerts
