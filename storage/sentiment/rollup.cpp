#include "storage/sentiment/rollup.hpp"

#include <fmt/format.h>

#include <utility>

#include "storage/connection/query_builder.hpp"
#include "storage/mark.hpp"

namespace tapewatch::storage {

void RollupDelta::add_document(Label label, std::optional<std::int64_t> micro, int times) {
  add_row(documents, kDocumentColumns, label, micro, times);
}

void RollupDelta::add_votes(Label label, std::optional<std::int64_t> micro, const FirstIn& first, int times) {
  for (std::size_t grain = 0; grain < kGrainCount; ++grain) {
    if (first[grain]) add_row(votes[grain], kVoteColumns, label, micro, times);
  }
}

std::string add_on_conflict(const RollupTable& table) {
  std::string sql = " ON CONFLICT DO UPDATE SET ";
  const char* between = "";
  for (const auto& column : table.stored_columns()) {
    sql += fmt::format("{0}{1} = {1} + excluded.{1}", std::exchange(between, ", "), column);
  }
  return sql;
}

namespace {

std::string upsert(const RollupTable& table) {
  const auto columns = table.stored_columns();
  return fmt::format("INSERT INTO {} ({}, {}) VALUES {}{}", table.stored, table.key_list(), fmt::join(columns, ", "),
                     marks(table.keys.size() + columns.size()), add_on_conflict(table));
}

/// `sql`: upsert(table).
void add(Connection& connection, const RollupTable& table, const std::string& sql, const RollupKey& key,
         const RollupDelta& delta) {
  auto statement = connection.prepare(sql);
  int index = 0;
  const auto bind = [&](std::int64_t value) { statement.bind(++index, value); };
  if (key.entity) bind(*key.entity);
  bind(key.minute);
  bind(key.topic);
  bind(key.source);
  bind(key.model);
  for (const auto& column : kDocumentColumns) bind(delta.documents.*column.field);
  const VoteSums all = if_all_voted(delta.documents);
  for (const auto& votes : delta.votes) {
    for (const auto& column : kVoteColumns) {
      bind(table.stores_repeats() ? all.*column.field - votes.*column.field : votes.*column.field);
    }
  }
  statement.run();
}

}  // namespace

void add_to_rollup(Connection& connection, const RollupKey& key, const RollupDelta& delta) {
  static const std::string topic_sql = upsert(kRollupTopic), entity_sql = upsert(kRollupEntity);
  key.entity ? add(connection, kRollupEntity, entity_sql, key, delta)
             : add(connection, kRollupTopic, topic_sql, key, delta);
}

void add_to_rescored(Connection& connection, const RollupKey& key, const RollupDelta& delta) {
  static const std::string topic_sql = upsert(kRescoredTopic), entity_sql = upsert(kRescoredEntity);
  key.entity ? add(connection, kRescoredEntity, entity_sql, key, delta)
             : add(connection, kRescoredTopic, topic_sql, key, delta);
}

std::int64_t rollup_minute(Connection& connection, TimePoint at) {
  const std::int64_t minute = floor_divide(to_ms(at), kMinuteMs);
  const auto folded = read_mark(connection, kFoldedBefore);
  return folded && minute < *folded ? floor_divide(minute, kQuarterMinutes) * kQuarterMinutes : minute;
}

}  // namespace tapewatch::storage
