// Tested by tests/alerts/formats/message_format_test.cpp
#include "alerts/formats/teams/teams_format.hpp"

#include <fmt/format.h>

#include "alerts/detector/recent_stories.hpp"
#include "alerts/formats/alert_text.hpp"
#include "config/notation/json_writer.hpp"

namespace tapewatch::alerts {
namespace {

constexpr std::size_t kCardBytes = 26'000;
constexpr std::size_t kCardLines = 40;  // of an account

/// What a card shows of each alert; each step shows less, until the card fits.
struct CardRoom {
  std::size_t stories, text_bytes;
  bool links, picture;
};
constexpr CardRoom kCardRooms[] = {
    {5, 2'000, true, true}, {3, 600, true, true}, {0, 300, true, false}, {0, 300, false, false}};

/// A card's text is Markdown, in which a headline's own characters must not count.
std::string card_text(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (std::string_view("\\*_[]()#`~").find(c) != std::string_view::npos) out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

std::string card_link(const std::string& url, std::string_view text) {
  if (url.empty() || url.find_first_of(" ()<>\n") != std::string::npos) return card_text(text);
  return fmt::format("[{}]({})", card_text(text), url);
}

std::string_view card_colour(const ToldMessage& message) {
  if (message.is_resolved()) return "good";
  if (message.severity == "critical" || message.severity == "error") return "attention";
  return message.severity == "warning" ? "warning" : "accent";
}

void append_card_text(notation::JsonWriter& json, const std::string& text, std::string_view colour, bool is_headline) {
  json.begin_object().field("type", "TextBlock").field("text", text).field("wrap", true);
  if (is_headline) json.field("weight", "bolder").field("color", colour);
  if (!is_headline) json.field("spacing", "none").field("isSubtle", colour.empty());
  json.end_object();
}

void append_card_digest(notation::JsonWriter& json, const ToldMessage& message, const CardRoom& room) {
  constexpr std::size_t kDigestedABundle = 10;
  std::uint64_t left = message.digested.size() + message.omitted;
  for (const ToldMessage& alert : message.digested) {
    if (message.digested.size() + message.omitted - left >= room.stories * kDigestedABundle) break;
    const std::string text = "• " + card_link(alert.alert_url, cut_text(alert.summary, room.text_bytes));
    append_card_text(json, text + (alert.ended_at ? "" : " — still firing"), "default", false);
    --left;
  }
  if (left > 0) append_card_text(json, fmt::format("… and {} more", left), "default", false);
}

void append_card_message(notation::JsonWriter& json, const ToldMessage& message, const CardRoom& room) {
  const auto shown = [&](std::string_view text) { return card_text(cut_text(text, room.text_bytes)); };
  json.begin_object().field("type", "Container").field("separator", true).key("items").begin_array();
  append_card_text(json, shown(message.headline()), card_colour(message), true);
  if (message.is_digest()) append_card_digest(json, message, room);
  if (message.missed) append_card_text(json, "It fired while this channel could not be reached.", "default", false);
  for (std::size_t i = 0; i < std::min(kCardLines, message.lines.size()); ++i) {
    append_card_text(json, "• " + shown(message.lines[i]), "default", false);
  }
  for (std::size_t i = 0; i < std::min(room.stories, message.top_stories.size()); ++i) {
    const TopStory& story = message.top_stories[i];
    const std::string from = story.source.empty() ? "" : " — " + shown(story.source);
    append_card_text(json, "• " + card_link(story.url, story.title) + shown(risk_text(story)) + from, "default", false);
  }
  if (room.picture && !message.picture_url().empty()) {
    json.begin_object().field("type", "Image").field("url", message.picture_url());
    json.field("altText", "chart of the series").field("size", "stretch").end_object();
  }
  if (message.is_alert()) {
    std::string foot = fmt::format("{}, rule {}", message.severity, shown(message.rule));
    if (room.links && !message.alert_url.empty()) foot += " · " + card_link(message.alert_url, "alert");
    if (room.links && !message.chart_url.empty()) foot += " · " + card_link(message.chart_url, "chart");
    if (room.links && !message.runbook_url.empty()) foot += " · " + card_link(message.runbook_url, "runbook");
    append_card_text(json, foot, "", false);
  } else if (!message.enable_url.empty()) {
    append_card_text(json, card_text(message.enable_url), "", false);
  }
  json.end_array().end_object();
}

std::string message_card(const std::vector<ToldMessage>& messages, const CardRoom& room) {
  notation::JsonWriter json;
  json.begin_object().field("type", "message").key("attachments").begin_array().begin_object();
  json.field("contentType", "application/vnd.microsoft.card.adaptive").key("contentUrl").null();
  json.key("content").begin_object();
  json.field("$schema", "http://adaptivecards.io/schemas/adaptive-card.json").field("type", "AdaptiveCard");
  json.field("version", "1.4").key("body").begin_array();
  for (const ToldMessage& message : messages) append_card_message(json, message, room);
  json.end_array().end_object();  // body, content
  return json.end_object().end_array().end_object().take();
}

}  // namespace

std::string TeamsFormat::render(std::span<const std::string> bodies, const RenderContext&) const {
  std::vector<ToldMessage> messages;
  messages.reserve(bodies.size());
  for (const std::string& body : bodies) messages.push_back(read_told_message(body));
  std::string text;
  for (const CardRoom& room : kCardRooms) {
    text = message_card(messages, room);
    if (text.size() <= kCardBytes) break;
  }
  return text;
}

}  // namespace tapewatch::alerts
