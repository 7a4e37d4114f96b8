#include "alerts/formats/told_message.hpp"

#include <boost/json.hpp>

#include "config/notation/duration.hpp"
#include "config/notation/json_writer.hpp"
#include "config/notation/rfc3339.hpp"

namespace tapewatch::alerts {
namespace {

namespace json = boost::json;

const json::value* told_member(const json::object& object, std::string_view name) {
  const json::value* found = object.if_contains(name);
  return found != nullptr && !found->is_null() ? found : nullptr;
}

/// "" where there is none, or no text.
std::string told_text(const json::object& object, std::string_view name) {
  const json::value* found = told_member(object, name);
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

std::uint64_t told_count(const json::object& object, std::string_view name) {
  const json::value* found = told_member(object, name);
  boost::system::error_code none;
  return found != nullptr ? found->to_number<std::uint64_t>(none) : 0;
}

std::optional<TimePoint> told_time(const json::object& object, std::string_view name) {
  return notation::parse_rfc3339(told_text(object, name));
}

std::map<std::string, std::string> told_texts(const json::object& object, std::string_view name) {
  std::map<std::string, std::string> out;
  const json::value* found = told_member(object, name);
  if (found == nullptr || !found->is_object()) return out;
  for (const auto& [key, value] : found->get_object()) {
    if (value.is_string()) out.emplace(std::string(key), std::string(value.get_string()));
  }
  return out;
}

/// Calls `take` for each object of a list; where there is no list, for none.
template <class Take>
void each_told_object(const json::object& object, std::string_view name, const Take& take) {
  const json::value* found = told_member(object, name);
  if (found == nullptr || !found->is_array()) return;
  for (const json::value& value : found->get_array()) {
    if (value.is_object()) take(value.get_object());
  }
}

std::vector<TopStory> told_stories(const json::object& object) {
  std::vector<TopStory> out;
  each_told_object(object, "top_stories", [&](const json::object& one) {
    TopStory story;
    story.title = told_text(one, "title");
    story.url = told_text(one, "url");
    story.source = told_text(one, "source");
    story.documents = told_count(one, "documents");
    story.turned = one.contains("turned");
    story.event = told_text(one, "event");
    story.gravity = parse_gravity(told_text(one, "gravity")).value_or(Gravity::none);
    boost::system::error_code none;
    if (const json::value* sentiment = told_member(one, "sentiment")) {
      story.sentiment = sentiment->to_number<double>(none);
    }
    out.push_back(std::move(story));
  });
  return out;
}

/// The summary of each rule of an account.
std::vector<std::string> told_lines(const json::object& object) {
  std::vector<std::string> out;
  each_told_object(object, "rules", [&](const json::object& one) { out.push_back(told_text(one, "summary")); });
  return out;
}

void read_told_alert(const json::object& data, ToldMessage& message) {
  message.id = told_text(data, "id");
  message.rule = told_text(data, "rule");
  message.severity = told_text(data, "severity");
  message.raised_from = told_text(data, "raised_from");
  message.reason = told_text(data, "reason");
  message.labels = told_texts(data, "labels");
  message.key = told_texts(data, "key");
  message.started_at = told_time(data, "started_at").value_or(message.timestamp);
  message.ended_at = told_time(data, "ended_at");
  message.story_count = told_count(data, "story_count");
  message.document_count = told_count(data, "document_count");
  message.top_stories = told_stories(data);
  const json::value* missed = told_member(data, "missed");
  message.missed = missed != nullptr && missed->is_bool() && missed->get_bool();
  message.firing_for = notation::parse_duration(told_text(data, "firing_for")).value_or(message.firing_for);
  message.runbook_url = told_text(data, "runbook_url");
  message.alert_url = told_text(data, "alert_url");
  message.chart_url = told_text(data, "chart_url");
  for (const std::string_view name : {"observed", "expected", "interval", "p_value", "window"}) {
    if (const json::value* number = told_member(data, name)) {
      message.evidence.emplace(name,
                               number->is_string() ? std::string(number->get_string()) : notation::to_json(*number));
    }
  }
}

void read_told_digest(const json::object& data, ToldMessage& message) {
  message.rule = told_text(data, "rule");
  message.omitted = told_count(data, "omitted");
  each_told_object(data, "alerts", [&](const json::object& one) {
    ToldMessage alert;
    alert.id = told_text(one, "id");
    alert.severity = told_text(one, "severity");
    alert.summary = told_text(one, "summary");
    alert.alert_url = told_text(one, "url");
    alert.started_at = told_time(one, "started_at").value_or(message.timestamp);
    alert.ended_at = told_time(one, "ended_at");
    message.digested.push_back(std::move(alert));
  });
}

}  // namespace

std::string ToldMessage::headline() const {
  if (is_resolved()) return "Over: " + summary;
  if (firing_for.count() > 0) return "Still firing after " + notation::duration_in_words(firing_for) + ": " + summary;
  return summary;
}

std::string ToldMessage::picture_url() const {
  constexpr std::string_view kVector = "/chart.svg", kPixels = "/chart.png";
  const std::size_t at = chart_url.rfind(kVector);
  if (at == std::string::npos || !chart_url.starts_with("https://")) return {};
  return std::string(chart_url).replace(at, kVector.size(), kPixels);
}

ToldMessage read_told_message(std::string_view body) {
  boost::system::error_code error;
  const json::value parsed = json::parse(body, error);
  const json::object* whole = error ? nullptr : parsed.if_object();
  const json::value* content = whole != nullptr ? told_member(*whole, "data") : nullptr;
  if (content == nullptr || !content->is_object()) {
    throw ToldMessageError("a message of the outbox must be a JSON object with the member data");
  }
  ToldMessage message;
  message.type = told_text(*whole, "type");
  message.timestamp = told_time(*whole, "timestamp").value_or(TimePoint{});
  const json::object& data = content->get_object();
  message.summary = told_text(data, "summary");
  message.webhook = told_text(data, "webhook");
  message.enable_url = told_text(data, "enable_url");
  message.over = message.type == "test" && told_text(data, "state") == "resolved";
  if (message.type == "account") {
    message.lines = told_lines(data);
  } else if (message.is_digest()) {
    read_told_digest(data, message);
  } else if (message.webhook.empty()) {
    read_told_alert(data, message);
  }
  return message;
}

}  // namespace tapewatch::alerts
