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

constexpr std::size_t kDocumentCount = std::size(kDocumentColumns);
constexpr int kSumsAt = 2;  ///< in a row of sums, behind its minute and its model

struct RowSums {
  DocumentSums documents;
  VoteSums votes;
};

/// The sums of a row from the column `at` on: of documents, then of votes or of what these lack of the documents.
RowSums row_sums(const Statement& read, int at, bool repeats) {
  RowSums row;
  for (const auto& column : kDocumentColumns) row.documents.*column.field = read.integer(at++);
  const VoteSums all = repeats ? if_all_voted(row.documents) : VoteSums{};
  for (const auto& column : kVoteColumns) {
    const std::int64_t stored = read.integer(at++);
    row.votes.*column.field = repeats ? all.*column.field - stored : stored;
  }
  return row;
}

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
  // The columns as they are stored: what the view takes from each other for every row is here taken once.
  const auto stored = table.stored_columns();
  const auto votes = stored.subspan(kDocumentCount + grain * std::size(kVoteColumns), std::size(kVoteColumns));
  const std::string columns =
      fmt::format("{}, {}", fmt::join(stored.first(kDocumentCount), ", "), fmt::join(votes, ", "));
  // Only keys that are grouped by are columns: of ten million rows each one costs most of a second.
  int at = kSumsAt + static_cast<int>(kDocumentCount + std::size(kVoteColumns));
  std::string keys;
  const auto key_at = [&](bool grouped, const char* name) {
    if (!grouped) return -1;
    keys += fmt::format(", {}", name);
    return at++;
  };
  const int entity = key_at(query.by_entity, "entity"), topic = key_at(query.by_topic, "topic"),
            source = key_at(query.by_source, "source");
  auto read = connection.prepare(
      fmt::format("SELECT minute, model, {}{} FROM {} WHERE 1{}", columns, keys, table.stored, where.conditions()));
  where.bind(read);
  const auto key = [&](int column) { return column < 0 ? 0 : read.integer(column); };
  while (read.step()) {
    BucketSums& point = sums.at({key(entity), key(topic), key(source)}, read.integer(0) * kMinuteMs);
    const RowSums row = row_sums(read, kSumsAt, table.stores_repeats());
    if (row.documents.documents != 0 || row.votes.stories != 0) point.note_model(read.integer(1));
    for (const auto& column : kDocumentColumns) point.documents.*column.field += row.documents.*column.field;
    for (const auto& column : kVoteColumns) point.votes.*column.field += row.votes.*column.field;
  }
}

/// Whether the roll-up by the hour holds all that is asked: companies whatever the topic and the source, in buckets of
/// whole hours (UTC). It has no index of minutes, and is read where entity_sums would be read in the order of
/// companies.
bool hours_answer(Connection& connection, const SentimentQuery& query, const SentimentPlan& plan) {
  if (!plan.entities || plan.grain() != Grain::all || !plan.topic_keys.empty() || !plan.source_keys.empty()) {
    return false;
  }
  const bool whole_hours = std::all_of(query.edges.begin(), query.edges.end(),
                                       [](TimePoint edge) { return to_ms(edge) % (60 * kMinuteMs) == 0; });
  return whole_hours && (!plan.entity_keys.empty() || is_most_of(connection, kRollupEntity, query, plan));
}

}  // namespace

void read_rollups(Connection& connection, const SentimentQuery& query, const SentimentPlan& plan, SeriesSums& sums) {
  const RollupTable& of_entities = hours_answer(connection, query, plan) ? kRollupHours : kRollupEntity;
  read_table(connection, plan.entities ? of_entities : kRollupTopic, query, plan, sums);
  if (plan.rescored) read_table(connection, plan.entities ? kRescoredEntity : kRescoredTopic, query, plan, sums);
}

SentimentResult answer_head(Connection& connection, const SentimentQuery& query) {
  SentimentResult result;
  result.seq = query.as_of.value_or(Clock(connection).last_seq());
  auto models = connection.prepare(
      "SELECT id FROM model WHERE id <> '' AND ((first_at < ?1 AND last_at >= ?2) OR (id = ?3 AND rescored_first_at < "
      "?1 AND rescored_last_at >= ?2)) ORDER BY id");
  models.bind(1, query.edges.back()).bind(2, query.edges.front()).bind(3, query.model);
  while (models.step()) result.models.push_back(models.text(0));
  if (const auto minute = read_mark(connection, kFoldedBefore)) result.folded_before = from_ms(*minute * kMinuteMs);
  return result;
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
  SentimentResult result = answer_head(connection, query);
  result.series = sums.finish(connection);
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
