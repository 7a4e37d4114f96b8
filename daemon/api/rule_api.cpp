// Tested by tests/daemon/api/rule_api_test.cpp
#include "daemon/api/rule_api.hpp"

#include <algorithm>
#include <utility>

#include "alerts/notification/mute_text.hpp"
#include "config/notation/duration.hpp"
#include "config/notation/json_writer.hpp"
#include "daemon/api/format/export_format.hpp"
#include "daemon/api/request/parameters.hpp"
#include "storage/alert/alert_reader.hpp"
#include "storage/alert/verdicts.hpp"
#include "storage/clock.hpp"

namespace tapewatch {
namespace {

void write_texts(notation::JsonWriter& json, std::string_view name, const std::vector<std::string>& texts) {
  json.key(name).begin_array();
  for (const std::string& text : texts) json.value(text);
  json.end_array();
}

/// Which stories a rule of the measure `story` tells of.
void write_conditions(notation::JsonWriter& json, const alerts::RuleOptions& rule) {
  json.key("min_gravity");
  rule.min_gravity ? json.value(alerts::to_string(*rule.min_gravity)) : json.null();
  write_texts(json, "events", rule.events);
  json.field("min_negative", rule.min_negative);
}

void write_definition(notation::JsonWriter& json, const alerts::RuleOptions& rule) {
  json.field("name", rule.name).field("measure", alerts::to_string(rule.measure)).field("severity", rule.severity);
  json.key("where").begin_object();
  write_texts(json, "topic", rule.where.topic);
  write_texts(json, "entity", rule.where.entity);
  write_texts(json, "tag", rule.where.tag);
  write_texts(json, "source", rule.where.source);
  json.end_object();
  write_texts(json, "group_by", rule.group_by);
  json.key("windows").begin_array();
  for (const auto window : rule.windows) json.value(notation::format_duration(window));
  json.end_array().field("min_stories", rule.min_stories);
  json.field("resolve_after", notation::format_duration(rule.resolve_after));
  json.field("pending_for", notation::format_duration(rule.pending_for));
  json.field("cool_down", notation::format_duration(rule.cool_down)).field("tz", rule.tz);
  write_texts(json, "calendar", rule.calendar);
  if (rule.measure == alerts::Measure::story) write_conditions(json, rule);
}

void write_text_or_null(notation::JsonWriter& json, std::string_view name, const std::string& text) {
  json.key(name);
  text.empty() ? json.null() : json.value(text);
}

/// When people are told, of what, and what is raised.
void write_telling(notation::JsonWriter& json, const alerts::RuleOptions& rule) {
  write_text_or_null(json, "escalated_severity", rule.escalated_severity);
  write_text_or_null(json, "runbook_url", rule.runbook_url);
  json.field("labels", rule.labels);
  json.key("mute").begin_array();
  for (const auto& mute : rule.mute) json.value(alerts::format_mute_time(mute));
  json.end_array().key("repeat");
  rule.repeat ? json.value(notation::format_duration(*rule.repeat)) : json.null();
  json.key("escalate");
  if (rule.escalate) {
    json.begin_object().field("after", notation::format_duration(rule.escalate->after));
    json.field("severity", rule.escalate->severity).end_object();
  } else {
    json.null();
  }
  json.key("max_alerts");
  if (rule.max_alerts) {
    json.begin_object().field("count", rule.max_alerts->count);
    json.field("period", notation::format_duration(rule.max_alerts->per)).end_object();
  } else {
    json.null();
  }
}

/// `fired`: within the budget's period up to `now`, event time.
void write_budget(notation::JsonWriter& json, const alerts::FalseAlarmBudget& budget, std::int64_t fired) {
  json.key("budget").begin_object().field("count", budget.count);
  json.field("period", notation::format_duration(budget.per)).field("fired", fired).end_object();
}

/// What people said of the alerts of the last four periods: of one period there are few.
void write_judged(notation::JsonWriter& json, const alerts::RuleOptions& rule, const storage::Verdicts& verdicts,
                  std::optional<storage::TimePoint> now) {
  constexpr int kPeriods = 4;
  const auto period =
      rule.measure == alerts::Measure::story ? std::chrono::milliseconds{std::chrono::weeks{1}} : rule.false_alarms.per;
  json.key("judged");
  if (!now) {
    json.null();
    return;
  }
  const storage::TimePoint since = *now - kPeriods * period;
  const auto counts = verdicts.of_alerts_begun(rule.name, since, *now + std::chrono::milliseconds{1});
  json.begin_object().field("since", since).field("fired", counts.fired).field("useful", counts.useful);
  json.field("noise", counts.noise).field("duplicate", counts.duplicate).field("unjudged", counts.unjudged());
  json.end_object();
}

void write_warmth(notation::JsonWriter& json, const alerts::RuleWarmth& warmth) {
  json.field("state", !warmth.can_alert() ? "waiting" : warmth.warm() ? "warm" : "warming");
  json.field("series", warmth.series).field("since", warmth.since);
  json.field("watched_hours", warmth.watched_hours).field("warm_hours", warmth.warm_hours);
}

ApiResponse list_rules(ReaderPool& readers, const config::Config& config, const RuleBoard& board,
                       const ApiRequest& http) {
  Parameters parameters(http);
  if (auto refusal = parameters.problem()) return std::move(*refusal);
  return readers.answer(http, [&](storage::Connection& connection) {
    const storage::AlertReader fired(connection);
    const storage::Verdicts verdicts(connection);
    const auto now = storage::Clock(connection).event_time();
    const auto warmths = board.get();
    notation::JsonWriter json;
    json.begin_object().key("items").begin_array();
    for (const alerts::RuleOptions& rule : config.rules) {
      json.begin_object();
      write_definition(json, rule);
      write_telling(json, rule);
      if (rule.measure == alerts::Measure::story) {
        json.key("budget").null();  // each grave story alerts, by chance or not
      } else {
        write_budget(json, rule.false_alarms, now ? fired.fired_since(rule.name, *now - rule.false_alarms.per) : 0);
      }
      write_judged(json, rule, verdicts, now);
      const auto warmth =
          std::find_if(warmths.begin(), warmths.end(), [&](const auto& one) { return one.rule == rule.name; });
      write_warmth(json, warmth == warmths.end() ? alerts::RuleWarmth{} : *warmth);
      json.end_object();
    }
    json.end_array().end_object();
    return json_response(json.take());
  });
}

}  // namespace

void add_rule_routes(Router& router, ReaderPool& readers, const LiveConfig& live, const RuleBoard& board) {
  router.get("/v1/rules", Access::read, QueryHandler{[&readers, &live, &board](const ApiRequest& http) {
               return list_rules(readers, *live.config(), board, http);
             }});
}

}  // namespace tapewatch
