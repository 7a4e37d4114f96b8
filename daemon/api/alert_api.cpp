// Tested by tests/daemon/api/query_api_test.cpp
#include "daemon/api/alert_api.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <span>
#include <utility>

#include "alerts/rules/rule_options.hpp"
#include "config/notation/json_writer.hpp"
#include "config/toml/nearest.hpp"
#include "daemon/api/alert_link.hpp"
#include "daemon/api/delivery_api.hpp"
#include "daemon/api/format/acknowledgement_json.hpp"
#include "daemon/api/format/export_format.hpp"
#include "daemon/api/format/text_or_null.hpp"
#include "daemon/api/request/topic_check.hpp"
#include "daemon/api/request/unknown_ids.hpp"
#include "storage/alert/alert_reader.hpp"

namespace tapewatch {
namespace {

constexpr std::array<std::string_view, 3> kAlertStates = {"pending", "firing", "resolved"};

/// The one-line summary of the evidence, as a member of the alert for lists.
void append_summary(notation::JsonWriter& json, const std::string& evidence_json) {
  boost::json::error_code error;
  const auto evidence = boost::json::parse(evidence_json, error);
  json.key("summary");
  const boost::json::value* summary = nullptr;
  if (!error && evidence.is_object()) summary = evidence.as_object().if_contains("summary");
  if (summary && summary->is_string()) {
    const auto& text = summary->as_string();
    json.value(std::string_view(text.data(), text.size()));
  } else {
    json.null();
  }
}

void append_alert(notation::JsonWriter& json, const storage::StoredAlert& alert) {
  const storage::AlertRow& row = alert.row;
  json.field("id", row.id).field("rule", row.rule).field("severity", row.severity).field("state", row.state);
  append_summary(json, row.evidence_json);
  json.key("key").raw(row.key_json).field("measure", row.measure).key("labels").raw(row.labels_json);
  json.field("started_at", row.started_at).field("updated_at", row.updated_at).field("ended_at", row.ended_at);
  json.field("sequence", row.sequence).field("late", row.late);
  append_text_or_null(json, "reason", row.reason);
  append_text_or_null(json, "suppressed_by", row.suppressed_by);
  append_text_or_null(json, "runbook_url", row.runbook_url);
  json.field("model", row.model_version).field("config_version", row.config_version);
  json.field("seq", alert.seq).field("stored_at", alert.stored_at).key("acknowledgement");
  append_acknowledgement(json, alert.acknowledgement);
  json.key("evidence").raw(row.evidence_json);
}

void append_transition(notation::JsonWriter& json, const storage::StoredTransition& transition) {
  const storage::AlertRow& row = transition.row;
  json.begin_object().field("sequence", row.sequence).field("state", row.state);
  append_text_or_null(json, "type", row.type);
  append_summary(json, row.evidence_json);
  json.field("updated_at", row.updated_at).field("ended_at", row.ended_at).field("stored_at", transition.stored_at);
  append_text_or_null(json, "reason", row.reason);
  append_text_or_null(json, "suppressed_by", row.suppressed_by);
  json.field("seq", transition.seq).key("evidence").raw(row.evidence_json).end_object();
}

void check_members(Parameters& parameters, std::string_view name, const std::vector<std::string>& given,
                   std::span<const std::string_view> known) {
  for (const std::string& member : given) {
    if (std::find(known.begin(), known.end(), member) == known.end()) {
      parameters.error(name, fmt::format("\"{}\" is not one of {}{}", member, fmt::join(known, ", "),
                                         config::did_you_mean(member, known)));
    }
  }
}

/// Rules in force, and those that only stored alerts name.
std::optional<ApiResponse> unknown_rules(storage::Connection& connection, const AlertApiParts& parts,
                                         const std::vector<std::string>& asked, const ApiRequest& http) {
  if (asked.empty()) return std::nullopt;
  std::vector<std::string> known = parts.rules ? parts.rules() : std::vector<std::string>{};
  for (auto& count : storage::AlertReader(connection).counts()) known.push_back(std::move(count.rule));
  return refuse_unknown("rule", "rule", known, asked, http);
}

std::optional<ApiResponse> unknown_filters(storage::Connection& connection, const ReaderPool& readers,
                                           const AlertApiParts& parts, const storage::AlertQuery& query,
                                           const ApiRequest& http) {
  if (auto refusal = unknown_rules(connection, parts, query.rules, http)) return refusal;
  if (auto refusal = unknown_topics(connection, parts.model, query.topics, http)) return refusal;
  return unknown_names(connection, readers.options(), parts.names, query.entities, query.sources, http);
}

ApiResponse list_alerts(ReaderPool& readers, const AlertApiParts& parts, const ApiRequest& http) {
  Parameters parameters(http);
  storage::AlertQuery query;
  query.states = parameters.list("state");
  check_members(parameters, "state", query.states, kAlertStates);
  query.rules = parameters.repeated("rule");
  query.severities = parameters.list("severity");
  check_members(parameters, "severity", query.severities, alerts::kSeverities);
  query.topics = parameters.list("topic");
  query.entities = parameters.list("entity");
  query.sources = parameters.repeated("source");
  query.from = parameters.time("from");
  query.to = parameters.time("to");
  if (query.from && query.to && *query.from >= *query.to) parameters.error("from", "must be before to");
  query.limit = static_cast<std::size_t>(parameters.integer("limit", 1, 1000).value_or(100));
  query.cursor = parameters.text("cursor").value_or("");
  const Format format = read_format(parameters, http);
  if (format == Format::csv) parameters.error("format", "alerts are json or ndjson: their evidence is nested");
  if (auto refusal = parameters.problem()) return std::move(*refusal);
  return readers.answer(http, [&](storage::Connection& connection) {
    if (auto refusal = unknown_filters(connection, readers, parts, query, http)) return std::move(*refusal);
    const auto page = storage::AlertReader(connection).list(query);
    notation::JsonWriter json;
    std::string lines;
    if (format == Format::json) json.begin_object().key("items").begin_array();
    for (const auto& alert : page.items) {
      json.begin_object();
      append_alert(json, alert);
      json.end_object();
      if (format == Format::ndjson) lines += json.take() + "\n";
    }
    if (format == Format::ndjson) {
      ApiResponse response = ndjson_response(std::move(lines));
      if (page.next_cursor) add_next_link(response, http, *page.next_cursor);
      return response;
    }
    json.end_array().field("next_cursor", page.next_cursor).end_object();
    return json_response(json.take());
  });
}

ApiResponse get_alert(ReaderPool& readers, const ApiRequest& http) {
  Parameters parameters(http);
  accept_link(parameters);
  if (auto refusal = parameters.problem()) return std::move(*refusal);
  const std::string id(http.path_parameter("id"));
  return readers.answer(http, [&](storage::Connection& connection) {
    const auto detail = storage::AlertReader(connection).get(id);
    if (!detail) return problem(problems::kNotFound, "no alert has the id " + id, http.request_id);
    notation::JsonWriter json;
    json.begin_object();
    append_alert(json, detail->alert);
    json.key("transitions").begin_array();
    for (const auto& transition : detail->transitions) append_transition(json, transition);
    json.end_array().key("acknowledgements").begin_array();
    for (const auto& said : detail->acknowledgements) append_acknowledgement(json, said);
    json.end_array().key("deliveries").begin_array();
    // Whoever has only a link is not told where else messages go.
    for (const auto& delivery : detail->deliveries) {
      if (!http.by_link) append_delivery(json, delivery);
    }
    json.end_array().end_object();
    return json_response(json.take());
  });
}

}  // namespace

void add_alert_routes(Router& router, ReaderPool& readers, AlertApiParts parts) {
  const auto links = parts.links;
  router.get("/v1/alerts", Access::read, QueryHandler{[&readers, parts = std::move(parts)](const ApiRequest& http) {
               return list_alerts(readers, parts, http);
             }});
  QueryHandler one{[&readers](const ApiRequest& http) { return get_alert(readers, http); }};
  Route route{"GET", "/v1/alerts/{id}", Access::read, std::move(one)};
  route.link_refusal = alert_link_refusal(links);
  router.add(std::move(route));
}

}  // namespace tapewatch
