#include "storage/sentiment/sentiment_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "storage/clock.hpp"
#include "storage/connection/query_builder.hpp"
#include "storage/connection/transaction.hpp"
#include "storage/mark.hpp"
#include "storage/sentiment/sentiment_series.hpp"

namespace tapewatch::storage {

namespace {

constexpr int kVotesAt = static_cast<int>(std::size(kDocumentColumns));  ///< from documents to stories, in columns

}  // namespace

namespace {

/// Whether a query by minutes reads the larger part of a table that is ordered by companies: then the whole table in
/// its order costs less than its index of minutes.
bool is_most_of(Connection& connection, const RollupTable& table, const SentimentQuery& query,
                const SentimentPlan& plan) {
  if (!table.by_entity() || !plan.entity_keys.empty()) return false;
  auto read = connection.prepare(
      fmt::format("SELECT (SELECT min(minute) FROM {0}), (SELECT max(minute) FROM {0})", table.stored));
  if (!read.step() || read.is_null(0)) return false;
  const std::int64_t first = read.integer(0), last = read.integer(1);
  const std::int64_t from = std::max(first, to_ms(query.edges.front()) / kMinuteMs),
                     to = std::min(last, to_ms(query.edges.back()) / kMinuteMs);
  return to - from > (last - first) / 2;
}

void read_table(Connection& connection, const RollupTable& table, const SentimentQuery& query,
                const SentimentPlan& plan, SeriesSums& sums) {
  const auto grain = static_cast<std::size_t>(plan.grain());
  QueryBuilder where;
  // A unary + keeps SQLite from the index; NOT INDEXED does not, in a table WITHOUT ROWID.
  const std::string minute = is_most_of(connection, table, query, plan) ? "+minute" : "minute";
  where.where(minute + " >= ?", {to_ms(query.edges.front()) / kMinuteMs});
  where.where(minute + " < ?", {to_ms(query.edges.back()) / kMinuteMs});
  if (!plan.topic_keys.empty()) where.where("topic IN " + plan.topic_keys);
  if (!plan.source_keys.empty()) where.where("source IN " + plan.source_keys);
  if (!plan.entity_keys.empty()) where.where("entity IN " + plan.entity_keys);
  if (plan.model) where.where("model = ?", {*plan.model});
  std::string columns;
  for (const auto& column : kDocumentColumns) columns += fmt::format(", {}", column.name);
  for (const auto& column : kVoteColumns) columns += fmt::format(", {}", vote_column(column, grain));
  auto read = connection.prepare(fmt::format(
      "SELECT minute, {}, {}, {}, model{} FROM {} WHERE 1{}", query.by_entity ? "entity" : "0",
      query.by_topic ? "topic" : "0", query.by_source ? "source" : "0", columns, table.name, where.conditions()));
  where.bind(read);
  while (read.step()) {
    BucketSums& point = sums.at({read.integer(1), read.integer(2), read.integer(3)}, read.integer(0) * kMinuteMs);
    int at = 5;
    if (read.integer(at) != 0 || read.integer(at + kVotesAt) != 0) point.note_model(read.integer(4));
    for (const auto& column : kDocumentColumns) point.documents.*column.field += read.integer(at++);
    for (const auto& column : kVoteColumns) point.votes.*column.field += read.integer(at++);
  }
}

}  // namespace

void read_rollups(Connection& connection, const SentimentQuery& query, const SentimentPlan& plan, SeriesSums& sums) {
  read_table(connection, plan.entities ? kRollupEntity : kRollupTopic, query, plan, sums);
  if (plan.rescored) read_table(connection, plan.entities ? kRescoredEntity : kRescoredTopic, query, plan, sums);
}

namespace {

SentimentResult read_with(Connection& connection, const SentimentQuery& query, bool raw) {
  for (std::size_t i = 0; i + 1 < query.edges.size(); ++i) {
    if (query.edges[i] >= query.edges[i + 1]) throw std::invalid_argument("the edges of the buckets must rise");
  }
  if (query.edges.size() < 2) throw std::invalid_argument("a bucket needs two edges");

  const ReadTransaction snapshot(connection);
  const SentimentPlan plan = plan_for(connection, query);
  SeriesSums sums(query);
  if (raw || plan.raw) {
    read_rows(connection, query, plan, sums);
  } else {
    read_rollups(connection, query, plan, sums);
  }
  if (!query.percentiles.empty()) read_scores(connection, query, plan, sums);
  SentimentResult result;
  result.series = sums.finish(connection);
  result.seq = query.as_of.value_or(Clock(connection).last_seq());
  auto models = connection.prepare(
      "SELECT id FROM model WHERE id <> '' AND ((first_at < ?1 AND last_at >= ?2) OR (id = ?3 AND rescored_first_at < "
      "?1 "
      "AND rescored_last_at >= ?2)) ORDER BY id");
  models.bind(1, query.edges.back()).bind(2, query.edges.front()).bind(3, query.model);
  while (models.step()) result.models.push_back(models.text(0));
  if (const auto minute = read_mark(connection, kFoldedBefore)) result.folded_before = from_ms(*minute * kMinuteMs);
  return result;
}

}  // namespace

SentimentResult SentimentReader::read(const SentimentQuery& query) const {
  return read_with(connection_, query, false);
}
SentimentResult SentimentReader::read_raw(const SentimentQuery& query) const {
  return read_with(connection_, query, true);
}

}  // namespace tapewatch::storage
