// Tested by tests/storage/rescored/rescored_history_test.cpp
#include "storage/rescored/rescored_view.hpp"

#include <fmt/format.h>

#include <string_view>

namespace tapewatch::storage {

namespace {

/// `column` of `theirs` where the condition holds, else of `own`.
std::string chosen(std::string_view condition, std::string_view theirs, std::string_view own, std::string_view column) {
  return fmt::format(", CASE WHEN {} THEN {}.{} ELSE {}.{} END AS {}", condition, theirs, column, own, column, column);
}

/// Whether the scores of `r` stand for the present text of `d`.
std::string now(std::int64_t model) {
  return fmt::format("r.document IS NOT NULL AND d.model <> {} AND r.revision = d.revision", model);
}

}  // namespace

std::string documents_under(std::int64_t model, std::int64_t also) {
  const std::string given = "coalesce(d.vote_model, d.model)";
  const std::string vote = fmt::format("r.document IS NOT NULL AND {} NOT IN ({}, {})", given, model, also);
  std::string sql =
      "(SELECT d.id, d.at, d.received_at, d.scored_at, d.late, d.story, d.source, d.removed, d.held, d.title, d.url, "
      "d.turned, d.turned_seq";
  for (const char* column : {"topic", "label", "sentiment", "event", "gravity", "model"}) {
    sql += chosen(now(model), "r", "d", column);
  }
  for (const char* column : {"vote_topic", "vote_label", "vote_sentiment", "vote_event", "vote_gravity"}) {
    sql += chosen(vote, "r", "d", column);
  }
  sql += fmt::format(", CASE WHEN {} THEN r.vote_negative ELSE {} END AS vote_negative", vote, kVoteNegative);
  sql += fmt::format(", CASE WHEN {} THEN r.model ELSE {} END AS vote_model", vote, given);
  sql += fmt::format(" FROM document d LEFT JOIN rescored r ON r.document = d.id AND r.model = {})", model);
  return sql;
}

std::string mentions_under(std::int64_t model, std::int64_t also) {
  const std::string given = "coalesce(e.vote_model, d.vote_model, d.model)";
  const std::string vote = fmt::format("m.document IS NOT NULL AND {} NOT IN ({}, {})", given, model, also);
  std::string sql = "(SELECT e.document, e.entity, e.start, e.end, e.vote_seq, e.vote_late";
  for (const char* column : {"label", "sentiment", "event", "gravity"}) sql += chosen(now(model), "m", "e", column);
  sql += fmt::format(", CASE WHEN {} THEN m.method ELSE e.method END AS method", vote);
  for (const char* column : {"vote_label", "vote_sentiment", "vote_event", "vote_gravity"}) {
    sql += chosen(vote, "m", "e", column);
  }
  sql +=
      fmt::format(", CASE WHEN {} THEN m.vote_topic ELSE coalesce(e.vote_topic, d.vote_topic) END AS vote_topic", vote);
  sql += fmt::format(", CASE WHEN {} THEN m.model ELSE {} END AS vote_model", vote, given);
  sql += fmt::format(
      " FROM document_entity e JOIN document d ON d.id = e.document LEFT JOIN rescored r ON r.document = e.document "
      "AND r.model = {0} LEFT JOIN rescored_mention m ON m.document = e.document AND m.model = {0} AND m.entity = "
      "e.entity)",
      model);
  return sql;
}

}  // namespace tapewatch::storage
