#include "daemon/api/why_not_api.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <memory>

#include "config/notation/duration.hpp"
#include "config/notation/json_writer.hpp"
#include "config/notation/printable.hpp"
#include "config/notation/rfc3339.hpp"
#include "config/toml/nearest.hpp"
#include "daemon/api/format/export_format.hpp"
#include "daemon/api/request/parameters.hpp"
#include "daemon/api/request/topic_check.hpp"
#include "daemon/pipeline/backtest/past_judgement.hpp"
#include "storage/alert/alert_reader.hpp"
#include "storage/alert/silences.hpp"
#include "storage/document/lateness.hpp"

namespace tapewatch {
namespace {

using Key = std::map<std::string, std::string>;

constexpr std::chrono::hours kLatenessSpan{24};

struct Question {
  std::optional<alerts::RuleOptions> rule;
  std::string rule_name;
  Key key;
  WallTime at{};
};

/// What is known of the answer, beside the judgement.
struct Findings {
  FoundJudgement found;
  std::optional<storage::AlertDetail> alert;  ///< open at the time
  std::string alert_state;                    ///< then
  std::optional<storage::SilenceRow> silence;
  bool muted = false;  ///< by the rule's own times
  storage::Lateness lateness;
  std::chrono::milliseconds took{0};
};

void read_key_json(Parameters& parameters, const std::string& text, Key& key) {
  boost::json::error_code error;
  const auto tree = boost::json::parse(text, error);
  if (error || !tree.is_object()) return parameters.error("key", R"(is a JSON object such as {"topic":"earnings"})");
  for (const auto& [name, value] : tree.as_object()) {
    if (!value.is_string()) return parameters.error("key", "the member \"" + std::string(name) + "\" must be a string");
    key[std::string(name)] = std::string(value.as_string());
  }
}

void check_dimensions(Parameters& parameters, const Question& question) {
  const auto& wanted = question.rule->group_by;
  for (const auto& [dimension, id] : question.key) {
    if (std::find(wanted.begin(), wanted.end(), dimension) == wanted.end()) {
      parameters.error("key", "the rule has no series by \"" + dimension + "\"");
    }
  }
  for (const std::string& dimension : wanted) {
    if (!question.key.contains(dimension)) {
      parameters.error("key", "names no " + dimension + ": each series of the rule has one");
    }
  }
}

Question read_question(Parameters& parameters, const std::function<std::vector<alerts::RuleOptions>()>& rules,
                       const ApiRequest& http) {
  Question question;
  question.rule_name = parameters.text("rule").value_or("");
  if (question.rule_name.empty()) parameters.error("rule", "names a rule");
  if (const auto key = parameters.text("key", 4096)) read_key_json(parameters, *key, question.key);
  for (const std::string_view dimension : alerts::kDimensions) {
    if (const auto id = parameters.text(dimension)) question.key[std::string(dimension)] = *id;
  }
  question.at = parameters.time("at").value_or(http.now);
  for (alerts::RuleOptions& rule : rules()) {
    if (rule.name == question.rule_name) question.rule = std::move(rule);
  }
  if (question.rule) check_dimensions(parameters, question);
  return question;
}

/// What the alert was like at that time: its row shows how it is now.
std::string state_at(const storage::AlertDetail& detail, storage::TimePoint at) {
  std::string state = "pending";
  for (const auto& transition : detail.transitions) {
    if (transition.row.updated_at <= at) state = transition.row.state;
  }
  return state;
}

void find_alert(storage::Connection& connection, const Question& question, storage::TimePoint at, Findings& answer) {
  const storage::AlertReader alerts(connection);
  storage::AlertQuery query;
  query.rules = {question.rule_name};
  query.key_json = alerts::key_json(question.key);
  query.from = at;
  query.to = at + std::chrono::milliseconds{1};
  query.limit = 1;
  const auto page = alerts.list(query);
  if (page.items.empty() || page.items[0].row.late) return;
  answer.alert = alerts.get(page.items[0].row.id);
  if (answer.alert) answer.alert_state = state_at(*answer.alert, at);
}

/// The newest silence that would have held an alert of the series at that time.
void find_silence(storage::Connection& connection, const Question& question, Findings& answer) {
  alerts::Transition alert;
  alert.rule = question.rule_name;
  alert.severity = answer.alert ? answer.alert->alert.row.severity : question.rule->severity;
  alert.key = question.key;
  alert.labels = question.rule->labels;
  storage::SilenceQuery query;
  query.now = question.at;
  query.limit = 1'000;
  for (const storage::SilenceRow& row : storage::Silences(connection).list(query).items) {
    if (row.from > question.at || row.until() <= question.at) continue;
    if (!matches(to_silences({&row, 1}).front(), alert)) continue;
    answer.silence = row;
    return;
  }
}

std::string reason_of(const Question& question, const Findings& answer) {
  const alerts::Judgement& judgement = answer.found.judgement;
  std::string text;
  if (answer.alert && answer.alert_state == "firing") {
    text = fmt::format("alert {} is open since {}", answer.alert->alert.row.id,
                       notation::format_rfc3339(answer.alert->alert.row.started_at));
  } else if (judgement.state == alerts::AlertState::firing) {
    text =
        "the rule as it is now, over what is stored now, has an open alert; it was another rule, or other news, then";
  } else {
    text = alerts::reason_of(judgement, *question.rule);
  }
  if (answer.lateness.unseen > 0) {
    text += fmt::format("; {} {} of the 24 hours before came later", answer.lateness.unseen,
                        answer.lateness.unseen == 1 ? "document" : "documents");
  }
  if (answer.silence) text += fmt::format("; a silence by {} is in force: nobody is notified", answer.silence->by);
  if (answer.muted) text += "; the rule is mute at this time: nobody is notified";
  if (answer.alert && !answer.alert->alert.row.suppressed_by.empty()) {
    text += fmt::format("; it is suppressed by {}", answer.alert->alert.row.suppressed_by);
  }
  if (!judgement.kept_back_by.empty()) {
    text += fmt::format("; the calendar {} has nobody notified on this day", judgement.kept_back_by);
  }
  return text;
}

void write_alert(notation::JsonWriter& json, const Findings& answer) {
  json.key("alert");
  if (!answer.alert) {
    json.null();
    return;
  }
  const storage::AlertRow& row = answer.alert->alert.row;
  json.begin_object().field("id", row.id).field("state", answer.alert_state).field("started_at", row.started_at);
  json.field("ended_at", row.ended_at).key("suppressed_by");
  row.suppressed_by.empty() ? json.null() : json.value(row.suppressed_by);
  json.end_object();
}

void write_silence(notation::JsonWriter& json, const std::optional<storage::SilenceRow>& silence) {
  json.key("silence");
  if (!silence) {
    json.null();
    return;
  }
  json.begin_object().field("id", silence->id).field("by", silence->by).field("comment", silence->comment);
  json.field("from", silence->from).field("to", silence->until()).end_object();
}

std::string why_not_json(const Question& question, const Findings& answer) {
  const alerts::Judgement& judgement = answer.found.judgement;
  const alerts::RuleOptions& rule = *question.rule;
  notation::JsonWriter json;
  json.begin_object().field("rule", rule.name).field("key", question.key).field("at", question.at);
  json.field("event_time", judgement.at).field("measure", alerts::to_string(rule.measure));
  json.field("fired", answer.alert && answer.alert_state == "firing").field("reason", reason_of(question, answer));
  write_alert(json, answer);
  json.key("series").begin_object().field("known", judgement.known).field("count", judgement.series_count);
  json.field("state", !judgement.can_alert ? "waiting" : judgement.warming ? "warming" : "warm").end_object();
  json.key("budget");
  if (rule.measure == alerts::Measure::story) {
    json.null();
  } else {
    json.begin_object().field("count", rule.false_alarms.count);
    json.field("period", notation::format_duration(rule.false_alarms.per)).end_object();
  }
  json.field("min_stories", rule.min_stories).key("windows");
  alerts::append_windows(json, judgement.windows);
  json.field("fires_at", judgement.fires_at).field("cools_until", judgement.cools_until);
  write_silence(json, answer.silence);
  json.field("muted", answer.muted).key("kept_back_by");
  judgement.kept_back_by.empty() ? json.null() : json.value(judgement.kept_back_by);
  json.key("lateness").begin_object().field("documents", answer.lateness.documents);
  json.field("came_later", answer.lateness.unseen).field("late", answer.lateness.late).end_object();
  json.key("cost").begin_object().field("replayed", answer.found.replayed);
  json.field("documents", answer.found.documents).field("milliseconds", answer.took.count()).end_object();
  return json.end_object().take();
}

/// A replay takes a query thread from the others: that is worth a line to whoever wonders why they wait.
void tell_cost(spdlog::logger& log, const Question& question, const Findings& answer) {
  const auto level = answer.found.replayed ? spdlog::level::info : spdlog::level::debug;
  const std::string from = answer.found.replayed ? fmt::format("{} stored documents replayed", answer.found.documents)
                                                 : std::string("read from the detector's state");
  log.log(level, "why-not of rule {} {} at {}: {}, {} ms", question.rule->name,
          notation::printable(alerts::key_json(question.key)), notation::format_rfc3339(question.at), from,
          answer.took.count());
}

class WhyNotApi {
 public:
  WhyNotApi(ReplayParts parts, ModelNames model, PresentNames names)
      : parts_(std::move(parts)), model_(std::move(model)), names_(std::move(names)) {}

  ApiResponse answer(const ApiRequest& http) {
    Parameters parameters(http);
    const Question question = read_question(parameters, parts_.rules, http);
    if (auto refusal = parameters.problem()) return std::move(*refusal);
    if (!question.rule) {
      std::vector<std::string> known;
      for (alerts::RuleOptions& rule : parts_.rules()) known.push_back(std::move(rule.name));
      const std::vector<std::string_view> names(known.begin(), known.end());
      return problem(problems::kNotFound,
                     fmt::format("no rule has the name {}{}", notation::printable(question.rule_name),
                                 config::did_you_mean(question.rule_name, names)),
                     http.request_id);
    }
    return parts_.readers.answer(http,
                                 [&](storage::Connection& connection) { return explain(connection, question, http); });
  }

 private:
  std::optional<ApiResponse> unknown_key(storage::Connection& connection, const Key& key, const ApiRequest& http) {
    const auto asked = [&](const char* dimension) {
      const auto found = key.find(dimension);
      return found == key.end() ? std::vector<std::string>{} : std::vector<std::string>{found->second};
    };
    if (auto refusal = unknown_topics(connection, model_, asked("topic"), http)) return refusal;
    return unknown_names(connection, parts_.readers.options(), names_, asked("entity"), asked("source"), http);
  }

  ApiResponse explain(storage::Connection& connection, const Question& question, const ApiRequest& http) {
    if (auto refusal = unknown_key(connection, question.key, http)) return std::move(*refusal);
    const auto began = std::chrono::steady_clock::now();
    const auto tags = [this] {
      const auto finder = parts_.finder();
      return finder ? tags_by_entity(*finder) : EntityTags{};
    };
    std::optional<ReplayTurn> turn;
    bool busy = false;
    const auto is_over = [&] {
      if (!turn) turn.emplace(running_);  // asked before a replay
      busy = !turn->taken();
      return busy || http.is_over();
    };
    auto found =
        find_judgement(connection, {*question.rule, question.key, question.at, parts_.detector, tags}, is_over);
    if (busy) return problem(problems::kBusy, "another past is being replayed", http.request_id);
    if (!found) {
      return problem(problems::kDeadline,
                     "the history that the rule learns from is too long to be replayed within "
                     "daemon.request_deadline; ask for the present, or raise it",
                     http.request_id);
    }
    Findings answer;
    answer.found = std::move(*found);
    const auto& judgement = answer.found.judgement;
    const storage::TimePoint at = judgement.at > storage::TimePoint{} ? judgement.at : question.at;
    find_alert(connection, question, at, answer);
    find_silence(connection, question, answer);
    answer.muted = alerts::is_muted(question.rule->mute, question.rule->clock, at);
    answer.lateness = storage::read_lateness(connection, {question.key, at - kLatenessSpan, at, answer.found.seen});
    answer.took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
    if (parts_.log) tell_cost(*parts_.log, question, answer);
    return json_response(why_not_json(question, answer));
  }

  const ReplayParts parts_;
  const ModelNames model_;
  const PresentNames names_;
  std::atomic<bool> running_{false};
};

}  // namespace

void add_why_not_route(Router& router, ReplayParts parts, ModelNames model, PresentNames names) {
  const auto api = std::make_shared<WhyNotApi>(std::move(parts), std::move(model), std::move(names));
  router.get("/v1/alerts/why-not", Access::read,
             QueryHandler{[api](const ApiRequest& http) { return api->answer(http); }});
}

}  // namespace tapewatch
