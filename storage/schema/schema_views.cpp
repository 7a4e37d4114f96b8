#include "storage/schema/schema_views.hpp"

#include <fmt/format.h>

namespace tapewatch::storage {

namespace {

std::string label_case(const char* column) {
  return fmt::format(
      "CASE {} WHEN 0 THEN 'positive' WHEN 1 THEN 'neutral' WHEN 2 THEN 'negative' WHEN 3 THEN 'abstained' "
      "ELSE 'unscored' END",
      column);
}

/// RFC 3339 from milliseconds. Split into whole seconds and the rest, because julian days round milliseconds.
std::string time_text(const std::string& ms) {
  return fmt::format("strftime('%Y-%m-%dT%H:%M:%S', {0} / 1000, 'unixepoch') || printf('.%03dZ', {0} % 1000)", ms);
}

std::string document_view() {
  return fmt::format(
      "CREATE VIEW document_view AS SELECT d.id, s.id AS source, d.external_id, d.title, d.body, d.url, d.language, "
      "{} AS published_at, {} AS received_at, {} AS scored_at, {} AS stored_at, {} AS revised_at, d.at AS at_ms, "
      "nullif(t.id, '') AS topic, {} AS label, d.sentiment / 1e6 AS sentiment, d.positive, d.neutral, d.negative, "
      "d.story, d.revision, m.id AS model_version, d.unscored_reason, d.truncated, d.late, d.seq "
      "FROM document d JOIN source s ON s.key = d.source JOIN topic t ON t.key = d.topic JOIN model m ON m.key = "
      "d.model;\n"
      "CREATE VIEW document_entity_view AS SELECT d.document, e.id AS entity, e.name, {} AS label, "
      "d.sentiment / 1e6 AS sentiment, d.method, d.start, d.end FROM document_entity d JOIN entity e ON e.key = "
      "d.entity "
      "WHERE d.label IS NOT NULL;\n",
      time_text("d.published_at"), time_text("d.received_at"), time_text("d.scored_at"), time_text("d.stored_at"),
      time_text("d.revised_at"), label_case("d.label"), label_case("d.label"));
}

constexpr const char* rollup_sums =
    "sum(r.documents) AS documents, sum(r.positive) AS positive, sum(r.neutral) AS neutral, "
    "sum(r.negative) AS negative, sum(r.abstained) AS abstained, sum(r.unscored) AS unscored, "
    "sum(r.sum) / 1e6 AS sum, sum(r.sum_squares) / 1e9 AS sum_squares, "
    "sum(r.sum) / 1e6 / nullif(sum(r.positive + r.neutral + r.negative), 0) AS mean, "
    "sum(r.stories_topic_source) AS stories, sum(r.negative_stories_topic_source) AS negative_stories, "
    "sum(r.stories_topic) AS stories_topic, sum(r.negative_stories_topic) AS negative_stories_topic, "
    "sum(r.stories_source) AS stories_source, sum(r.negative_stories_source) AS negative_stories_source, "
    "sum(r.stories_all) AS stories_all, sum(r.negative_stories_all) AS negative_stories_all";

std::string sentiment_view(const char* name, int minutes, bool entities) {
  const std::string t_ms = fmt::format("(r.minute / {0} * {0} * 60000)", minutes);
  return fmt::format(
      "CREATE VIEW {} AS SELECT {} AS t, {} AS t_ms, {}nullif(t.id, '') AS topic, s.id AS source, {} "
      "FROM {} r JOIN topic t ON t.key = r.topic JOIN source s ON s.key = r.source{} GROUP BY r.minute / {}, "
      "{}r.topic, "
      "r.source;\n",
      name, time_text(t_ms), t_ms, entities ? "e.id AS entity, " : "", rollup_sums,
      entities ? "rollup_entity" : "rollup_topic", entities ? " JOIN entity e ON e.key = r.entity" : "", minutes,
      entities ? "r.entity, " : "");
}

std::string alert_view() {
  return fmt::format(
      "CREATE VIEW alert_view AS SELECT id, rule, severity, state, key, measure, {} AS started_at, {} AS updated_at, "
      "{} AS ended_at, sequence, late, reason, json_extract(evidence, '$.observed') AS observed, "
      "json_extract(evidence, '$.expected') AS expected, json_extract(evidence, '$.p_value') AS p_value, evidence, "
      "labels, "
      "model_version, config_version, seq FROM alert;\n",
      time_text("started_at"), time_text("updated_at"), time_text("ended_at"));
}

}  // namespace

std::string first_views() {
  return document_view() + sentiment_view("sentiment_minute", 1, false) + sentiment_view("sentiment_hour", 60, false) +
         sentiment_view("sentiment_day", 1440, false) + sentiment_view("sentiment_entity_minute", 1, true) +
         alert_view();
}

}  // namespace tapewatch::storage
