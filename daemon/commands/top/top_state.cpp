#include "daemon/commands/top/top_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <stdexcept>

#include "config/notation/rfc3339.hpp"

namespace tapewatch {
namespace {

namespace json = boost::json;

/// Members that are missing or of another type count as empty: a newer daemon may leave some out.
const json::value& top_member(const json::value& object, std::string_view name) {
  static const json::value none;
  const auto* members = object.if_object();
  const auto* found = members ? members->if_contains(name) : nullptr;
  return found ? *found : none;
}

std::string top_text(const json::value& object, std::string_view name) {
  const auto* text = top_member(object, name).if_string();
  return text ? std::string(*text) : std::string();
}

std::int64_t top_count(const json::value& object, std::string_view name) {
  const auto& value = top_member(object, name);
  return value.is_int64() ? value.get_int64() : 0;
}

std::optional<double> top_number(const json::value& object, std::string_view name) {
  const auto& value = top_member(object, name);
  if (value.is_double()) return value.get_double();
  if (value.is_int64()) return static_cast<double>(value.get_int64());
  return std::nullopt;
}

bool top_flag(const json::value& object, std::string_view name, bool otherwise) {
  const auto* flag = top_member(object, name).if_bool();
  return flag ? *flag : otherwise;
}

std::optional<TimePoint> top_time(const json::value& object, std::string_view name) {
  return notation::parse_rfc3339(top_text(object, name));
}

const json::array& top_list(const json::value& object, std::string_view name) {
  static const json::array none;
  const auto* list = top_member(object, name).if_array();
  return list ? *list : none;
}

void take_ready(TopState& state, const json::value& answer) {
  state.status = top_text(answer, "status");
  state.troubles.clear();
  for (const auto& check : top_list(answer, "checks")) {
    if (top_flag(check, "ok", true)) continue;
    state.troubles.push_back(top_text(check, "name") + ": " + top_text(check, "detail"));
  }
}

void take_alerts(TopState& state, const json::value& answer) {
  state.alerts.clear();
  for (const auto& item : top_list(answer, "items")) {
    state.alerts.push_back({top_text(item, "rule"), top_text(item, "severity"), top_text(item, "summary"),
                            top_time(item, "started_at"), top_member(item, "acknowledgement").is_object()});
  }
}

void take_sources(TopState& state, const json::value& answer) {
  state.sources.clear();
  for (const auto& item : top_list(answer, "items")) {
    const auto& health = top_member(item, "health");
    TopState::Source source;
    source.name = top_text(item, "name");
    source.kind = top_text(item, "kind");
    source.state = top_text(health, "state");
    source.error = top_text(health, "last_error");
    source.documents = top_count(item, "documents");
    source.errors = top_count(health, "errors");
    source.reached = top_time(health, "last_success");
    if (top_member(health, "lag_records").is_int64()) source.lag = top_count(health, "lag_records");
    const bool polled = source.kind == "feed" || source.kind == "kafka";
    const bool tried = !source.error.empty() || top_time(health, "last_attempt");
    const bool away = source.state == "backing_off" || source.state == "silent" || source.state == "stopped";
    source.in_trouble = polled && (source.reached ? away : tried);
    state.sources.push_back(std::move(source));
  }
  std::stable_sort(state.sources.begin(), state.sources.end(), [](const auto& a, const auto& b) {
    return a.in_trouble != b.in_trouble ? a.in_trouble : a.documents > b.documents;
  });
}

void take_topics(TopState& state, const json::value& answer) {
  state.topics.clear();
  for (const auto& series : top_list(answer, "series")) {
    TopState::Topic topic;
    topic.name = top_text(top_member(series, "key"), "topic");
    double sum = 0, weight = 0;
    for (const auto& point : top_list(series, "points")) {
      const auto mean = top_number(point, "mean");
      const auto stories = top_count(point, "stories");
      topic.stories += stories;
      topic.negative += top_count(point, "negative_stories");
      topic.means.push_back(mean);
      if (!mean || stories == 0) continue;
      sum += *mean * static_cast<double>(stories);
      weight += static_cast<double>(stories);
    }
    if (weight > 0) topic.mean = sum / weight;
    if (topic.stories > 0) state.topics.push_back(std::move(topic));
  }
  std::stable_sort(state.topics.begin(), state.topics.end(),
                   [](const auto& a, const auto& b) { return a.stories > b.stories; });
}

void take_rules(TopState& state, const json::value& answer) {
  state.rules.clear();
  for (const auto& item : top_list(answer, "items")) {
    const auto& budget = top_member(item, "budget");
    const std::string allowed = budget.is_object() ? fmt::format("{} per {}", top_number(budget, "count").value_or(0),
                                                                 top_text(budget, "period"))
                                                   : "";
    state.rules.push_back({top_text(item, "name"), top_text(item, "state"), allowed, top_count(item, "series"),
                           top_count(budget, "fired")});
  }
}

void take_webhooks(TopState& state, const json::value& answer) {
  state.webhooks.clear();
  for (const auto& item : top_list(answer, "items")) {
    state.webhooks.push_back({top_text(item, "name"), top_text(item, "host"), top_text(item, "reason"),
                              top_count(item, "pending"), top_flag(item, "enabled", true)});
  }
}

/// What has not been tried yet is on its way.
void take_deliveries(std::vector<TopState::Undelivered>& undelivered, const json::value& answer) {
  undelivered.clear();
  for (const auto& item : top_list(answer, "items")) {
    const auto attempts = top_count(item, "attempts");
    if (attempts == 0 && top_text(item, "state") == "pending") continue;
    std::string said = top_text(item, "last_error");
    if (said.empty()) {
      const auto status = top_count(item, "last_status");
      said = status == 0 ? std::string("no answer") : fmt::format("answer {}", status);
    }
    undelivered.push_back({top_text(item, "webhook"), top_text(item, "state"), std::move(said), attempts,
                           top_time(item, "next_attempt_at")});
  }
}

/// "403: this needs the role operate": the status, and the problem's own words.
std::string top_refusal(unsigned status, const json::value& answer) {
  const std::string detail = top_text(answer, "detail");
  return fmt::format("{}{}", status, detail.empty() ? "" : ": " + detail);
}

}  // namespace

void take_answer(TopState& state, std::string_view part, unsigned status, std::string_view body) {
  boost::system::error_code error;
  const json::value answer = json::parse(body, error);
  const bool readable = !error && answer.is_object();
  state.refused.erase(std::string(part));
  if (part == "ready" && readable && (status == 200 || status == 503)) return take_ready(state, answer);
  if (status != 200 || !readable) {
    state.refused[std::string(part)] =
        status == 200 ? "an answer that is not tapewatch's" : top_refusal(status, answer);
    return;
  }
  if (part == "alerts") take_alerts(state, answer);
  if (part == "sources") take_sources(state, answer);
  if (part == "topics") take_topics(state, answer);
  if (part == "rules") take_rules(state, answer);
  if (part == "webhooks") take_webhooks(state, answer);
  if (part == "waiting" || part == "given up" || part == "not sent") {
    take_deliveries(state.undelivered[std::string(part)], answer);
  }
}

}  // namespace tapewatch
