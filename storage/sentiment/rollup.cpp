#include "storage/sentiment/rollup.hpp"

#include <fmt/format.h>

namespace tapewatch::storage {

void RollupDelta::add_document(Label label, std::optional<std::int64_t> micro, int times) {
  documents += times;
  labels[static_cast<std::size_t>(label)] += times;
  if (!is_class(label) || !micro) return;
  sum += times * *micro;
  sum_squares += times * square_nano(*micro);
}

void RollupDelta::add_votes(Label label, std::optional<std::int64_t> micro, const FirstIn& first) {
  for (std::size_t grain = 0; grain < grain_count; ++grain) {
    if (!first[grain]) continue;
    auto& vote = votes[grain];
    ++vote.stories;
    if (label == Label::negative) ++vote.negative;
    if (!is_class(label) || !micro) continue;
    ++vote.scored;
    vote.sum += *micro;
    vote.sum_squares += square_nano(*micro);
  }
}

namespace {

std::string upsert(const std::string& table, const std::string& keys, int key_count) {
  std::string columns, values, changes;
  for (int i = 0; i < key_count; ++i) values += i == 0 ? "?" : ", ?";
  for (const char* column : rollup_columns) {
    columns += fmt::format(", {}", column);
    values += ", ?";
    changes += fmt::format("{}{} = {} + excluded.{}", changes.empty() ? "" : ", ", column, column, column);
  }
  return fmt::format("INSERT INTO {} ({}{}) VALUES ({}) ON CONFLICT DO UPDATE SET {}", table, keys, columns, values,
                     changes);
}

}  // namespace

void add_to_rollup(Connection& connection, const RollupKey& key, const RollupDelta& delta) {
  static const std::string topic_sql = upsert("rollup_topic", "minute, topic, source", 3);
  static const std::string entity_sql = upsert("rollup_entity", "entity, minute, topic, source", 4);
  auto statement = connection.prepare(key.entity ? entity_sql : topic_sql);
  int index = 0;
  const auto bind = [&](std::int64_t value) { statement.bind(++index, value); };
  if (key.entity) bind(*key.entity);
  bind(key.minute);
  bind(key.topic);
  bind(key.source);
  bind(delta.documents);
  for (const auto count : delta.labels) bind(count);
  bind(delta.sum);
  bind(delta.sum_squares);
  for (const auto& vote : delta.votes) {
    bind(vote.stories);
    bind(vote.negative);
    bind(vote.scored);
    bind(vote.sum);
    bind(vote.sum_squares);
  }
  statement.run();
}

}  // namespace tapewatch::storage
