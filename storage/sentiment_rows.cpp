#include <fmt/format.h>

#include "storage/query_builder.hpp"
#include "storage/sentiment_series.hpp"

namespace tapewatch::storage {

namespace {

/// " AND <alias>.<column> IN (…)" for what the query is narrowed to.
std::string narrowed(const SentimentPlan& plan, const char* document, const char* topic_column) {
  std::string sql;
  if (!plan.topic_keys.empty()) sql += fmt::format(" AND {}.{} IN {}", document, topic_column, plan.topic_keys);
  if (!plan.source_keys.empty()) sql += fmt::format(" AND {}.source IN {}", document, plan.source_keys);
  return sql;
}

std::string narrowed_entity(const SentimentPlan& plan, const char* mention, const char* label_column) {
  std::string sql = fmt::format(" AND {}.{} IS NOT NULL", mention, label_column);
  if (!plan.entity_keys.empty()) sql += fmt::format(" AND {}.entity IN {}", mention, plan.entity_keys);
  return sql;
}

/// Rows (at, entity, topic, source, label, sentiment): one a document, or one a mention. A document that mentions
/// several entities of one series counts there once, with the lowest of its sentiments towards them.
std::string select_rows(const SentimentQuery& query, const SentimentPlan& plan, bool votes, const std::string& extra) {
  const char* prefix = votes ? "vote_" : "";
  const std::string topic = fmt::format("{}topic", prefix), label = fmt::format("{}label", prefix);
  const char* scores = plan.entities ? "e" : "d";
  const bool one_of_many = plan.entities && !plan.in_entity;
  std::string sentiment = fmt::format("{}.{}sentiment", scores, prefix);
  if (one_of_many) sentiment = "min(" + sentiment + ")";
  std::string sql =
      fmt::format("SELECT d.at, {}, {}, {}, {}.{}, {} FROM document d", query.by_entity ? "e.entity" : "0",
                  query.by_topic ? "d." + topic : "0", query.by_source ? "d.source" : "0", scores, label, sentiment);
  if (plan.entities) sql += " JOIN document_entity e ON e.document = d.id" + narrowed_entity(plan, "e", label.c_str());
  sql += " WHERE d.at >= ? AND d.at < ?" + narrowed(plan, "d", topic.c_str()) + extra;
  if (one_of_many) sql += " GROUP BY d.id";
  return sql;
}

/// True for a document that is the first of its story in its series: nothing of the story arrived there before it.
std::string first_of_story(const SentimentQuery& query, const SentimentPlan& plan) {
  std::string sql = " AND NOT EXISTS (SELECT 1 FROM document p";
  if (plan.entities) {
    sql += " JOIN document_entity pe ON pe.document = p.id" + narrowed_entity(plan, "pe", "vote_label");
    if (query.by_entity) sql += " AND pe.entity = e.entity";
  }
  sql += " WHERE p.story = d.story AND p.id < d.id" + narrowed(plan, "p", "vote_topic");
  if (query.by_topic) sql += " AND p.vote_topic = d.vote_topic";
  if (query.by_source) sql += " AND p.source = d.source";
  return sql + ")";
}

std::optional<std::int64_t> micro_of(const Statement& read) { return read.optional_integer(5); }

}  // namespace

void read_rows(Connection& connection, const SentimentQuery& query, const SentimentPlan& plan, SeriesSums& sums) {
  const auto each = [&](const std::string& sql, const auto& add) {
    auto read = connection.prepare(sql);
    read.bind(1, query.edges.front()).bind(2, query.edges.back());
    while (read.step()) {
      RollupDelta& point = sums.at({read.integer(1), read.integer(2), read.integer(3)}, read.integer(0));
      add(point, static_cast<Label>(read.integer(4)), micro_of(read));
    }
  };
  each(select_rows(query, plan, false, ""),
       [](RollupDelta& point, Label label, std::optional<std::int64_t> micro) { point.add_document(label, micro, 1); });
  FirstIn grain{};
  grain[static_cast<std::size_t>(plan.grain())] = true;
  each(select_rows(query, plan, true, first_of_story(query, plan)),
       [&](RollupDelta& point, Label label, std::optional<std::int64_t> micro) {
         point.add_votes(label, micro, grain);
       });
}

}  // namespace tapewatch::storage
