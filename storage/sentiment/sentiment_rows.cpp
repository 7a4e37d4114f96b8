// Tested by tests/storage/sentiment/sentiment_reader_test.cpp
#include <fmt/format.h>

#include "storage/connection/query_builder.hpp"
#include "storage/rescored/rescored_view.hpp"
#include "storage/sentiment/as_known.hpp"
#include "storage/sentiment/sentiment_series.hpp"

namespace tapewatch::storage {

namespace {

/// The topic that a row counts in. An entity that a revision brought in votes in the topic of that revision.
std::string topic_of(const SentimentPlan& plan, bool votes, const char* document, const char* mention) {
  if (!votes) return fmt::format("{}.topic", document);
  if (!plan.entities) return fmt::format("{}.vote_topic", document);
  return fmt::format("coalesce({}.vote_topic, {}.vote_topic)", mention, document);
}

/// When a vote was given, as a sequence number.
std::string vote_seq(const SentimentPlan& plan, const char* document, const char* mention) {
  if (!plan.entities) return fmt::format("{}.id", document);
  return fmt::format("coalesce({}.vote_seq, {}.id)", mention, document);
}

/// The version of the model under which a row counts: that of the present revision; for votes that of the revision that
/// voted.
std::string model_of(const SentimentPlan& plan, bool votes) {
  if (!votes) return "d.model";
  return plan.entities ? "coalesce(e.vote_model, d.vote_model, d.model)" : "coalesce(d.vote_model, d.model)";
}

/// The tables, or what stands in their place for an earlier state, or for a version that has scored documents again.
std::string documents(const SentimentPlan& plan) {
  if (plan.as_of) return documents_as_of(*plan.as_of);
  return plan.rescored ? documents_under(*plan.model) : "document";
}
std::string mentions(const SentimentPlan& plan) {
  if (plan.as_of) return mentions_as_of(*plan.as_of);
  return plan.rescored ? mentions_under(*plan.model) : "document_entity";
}

/// The column of the time by which documents lie in buckets.
const char* time_of(SentimentQuery::Time time) {
  if (time == SentimentQuery::Time::received) return "d.received_at";
  return time == SentimentQuery::Time::scored ? "d.scored_at" : "d.at";
}

/// " AND … IN (…)" for the filters of the query.
std::string narrowed(const SentimentPlan& plan, const char* document, const std::string& topic) {
  std::string sql;
  if (!plan.topic_keys.empty()) sql += fmt::format(" AND {} IN {}", topic, plan.topic_keys);
  if (!plan.source_keys.empty()) sql += fmt::format(" AND {}.source IN {}", document, plan.source_keys);
  return sql;
}

std::string narrowed_entity(const SentimentPlan& plan, const char* mention, const char* label_column) {
  std::string sql = fmt::format(" AND {}.{} IS NOT NULL", mention, label_column);
  if (!plan.entity_keys.empty()) sql += fmt::format(" AND {}.entity IN {}", mention, plan.entity_keys);
  return sql;
}

/// Rows (at, entity, topic, source, label, sentiment, model): one per document, or one per mention. A document that
/// mentions several entities of one series counts there once, with the lowest of its sentiments towards them; votes
/// likewise, for those entities that voted together.
std::string select_rows(const SentimentQuery& query, const SentimentPlan& plan, bool votes, const std::string& extra) {
  const char* prefix = votes ? "vote_" : "";
  const std::string topic = topic_of(plan, votes, "d", "e"), label = fmt::format("{}label", prefix);
  const char* scores = plan.entities ? "e" : "d";
  const bool one_of_many = plan.entities && !plan.in_entity;
  std::string sentiment = fmt::format("{}.{}sentiment", scores, prefix);
  if (one_of_many) sentiment = "min(" + sentiment + ")";
  const char* time = time_of(query.time);
  std::string sql =
      fmt::format("SELECT {}, {}, {}, {}, {}.{}, {}, {} FROM {} d", time, query.by_entity ? "e.entity" : "0",
                  query.by_topic ? topic : "0", query.by_source ? "d.source" : "0", scores, label, sentiment,
                  model_of(plan, votes), documents(plan));
  if (plan.entities) {
    sql += fmt::format(" JOIN {} e ON e.document = d.id{}", mentions(plan), narrowed_entity(plan, "e", label.c_str()));
  }
  sql +=
      fmt::format(" WHERE {0} >= ? AND {0} < ? AND d.removed IS NULL{1}{2}", time, narrowed(plan, "d", topic), extra);
  if (plan.model) sql += fmt::format(" AND {} = {}", model_of(plan, votes), *plan.model);
  if (one_of_many) sql += votes ? " GROUP BY d.id, e.vote_seq" : " GROUP BY d.id";
  return sql;
}

/// True for a vote that is the first of its story in its series.
std::string first_of_story(const SentimentQuery& query, const SentimentPlan& plan) {
  std::string sql = fmt::format(" AND NOT EXISTS (SELECT 1 FROM {} p", documents(plan));
  const std::string topic = topic_of(plan, true, "p", "pe");
  if (plan.entities) {
    // CROSS: the story's documents first; SQLite would rather go through all that ever named the entity, for each row.
    sql += fmt::format(" CROSS JOIN {} pe ON pe.document = p.id{}", mentions(plan),
                       narrowed_entity(plan, "pe", "vote_label"));
    if (query.by_entity) sql += " AND pe.entity = e.entity";
  }
  sql += fmt::format(" WHERE p.story = d.story AND p.removed IS NULL AND {} < {}", vote_seq(plan, "p", "pe"),
                     vote_seq(plan, "d", "e"));
  sql += narrowed(plan, "p", topic);
  if (query.by_topic) sql += fmt::format(" AND {} = {}", topic, topic_of(plan, true, "d", "e"));
  if (query.by_source) sql += " AND p.source = d.source";
  return sql + ")";
}

std::optional<std::int64_t> micro_of(const Statement& read) { return read.optional_integer(5); }

}  // namespace

void read_scores(Connection& connection, const SentimentQuery& query, const SentimentPlan& plan, SeriesSums& sums) {
  auto read = connection.prepare(select_rows(query, plan, false, ""));
  read.bind(1, query.edges.front()).bind(2, query.edges.back());
  while (read.step()) {
    const auto micro = micro_of(read);
    if (!micro || !is_class(static_cast<Label>(read.integer(4)))) continue;
    sums.note_score({read.integer(1), read.integer(2), read.integer(3)}, read.integer(0), *micro);
  }
}

void read_rows(Connection& connection, const SentimentQuery& query, const SentimentPlan& plan, SeriesSums& sums) {
  const auto each = [&](const std::string& sql, const auto& add) {
    auto read = connection.prepare(sql);
    read.bind(1, query.edges.front()).bind(2, query.edges.back());
    while (read.step()) {
      BucketSums& point = sums.at({read.integer(1), read.integer(2), read.integer(3)}, read.integer(0));
      point.note_model(read.integer(6));
      add(point, static_cast<Label>(read.integer(4)), micro_of(read));
    }
  };
  each(select_rows(query, plan, false, ""), [](BucketSums& point, Label label, std::optional<std::int64_t> micro) {
    add_row(point.documents, kDocumentColumns, label, micro, 1);
  });
  each(select_rows(query, plan, true, first_of_story(query, plan)),
       [](BucketSums& point, Label label, std::optional<std::int64_t> micro) {
         add_row(point.votes, kVoteColumns, label, micro, 1);
       });
}

}  // namespace tapewatch::storage
