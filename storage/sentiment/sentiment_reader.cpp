#include "storage/sentiment/sentiment_reader.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "storage/clock.hpp"
#include "storage/connection/query_builder.hpp"
#include "storage/connection/transaction.hpp"
#include "storage/sentiment/sentiment_series.hpp"

namespace tapewatch::storage {

void read_rollups(Connection& connection, const SentimentQuery& query, const SentimentPlan& plan, SeriesSums& sums) {
  static constexpr const char* suffixes[] = {"all", "topic", "source", "topic_source"};
  const auto grain = static_cast<std::size_t>(plan.grain());
  QueryBuilder where;
  where.where("r.minute >= ?", {to_ms(query.edges.front()) / minute_ms});
  where.where("r.minute < ?", {to_ms(query.edges.back()) / minute_ms});
  if (!plan.topic_keys.empty()) where.where("r.topic IN " + plan.topic_keys);
  if (!plan.source_keys.empty()) where.where("r.source IN " + plan.source_keys);
  if (!plan.entity_keys.empty()) where.where("r.entity IN " + plan.entity_keys);
  auto read = connection.prepare(fmt::format(
      "SELECT r.minute, {0}, {1}, {2}, r.documents, r.positive, r.neutral, r.negative, r.abstained, r.unscored, r.sum, "
      "r.sum_squares, r.stories_{3}, r.negative_stories_{3}, r.scored_stories_{3}, r.story_sum_{3}, "
      "r.story_sum_squares_{3} "
      "FROM {4} r WHERE 1{5}",
      query.by_entity ? "r.entity" : "0", query.by_topic ? "r.topic" : "0", query.by_source ? "r.source" : "0",
      suffixes[grain], plan.entities ? "rollup_entity" : "rollup_topic", where.conditions()));
  where.bind(read);
  while (read.step()) {
    RollupDelta& point = sums.at({read.integer(1), read.integer(2), read.integer(3)}, read.integer(0) * minute_ms);
    point.documents += read.integer(4);
    for (std::size_t label = 0; label < point.labels.size(); ++label) {
      point.labels[label] += read.integer(5 + static_cast<int>(label));
    }
    point.sum += read.integer(10);
    point.sum_squares += read.integer(11);
    auto& votes = point.votes[grain];
    votes.stories += read.integer(12);
    votes.negative += read.integer(13);
    votes.scored += read.integer(14);
    votes.sum += read.integer(15);
    votes.sum_squares += read.integer(16);
  }
}

namespace {

SentimentResult read_with(Connection& connection, const SentimentQuery& query, bool raw) {
  for (std::size_t i = 0; i + 1 < query.edges.size(); ++i) {
    if (query.edges[i] >= query.edges[i + 1]) throw std::invalid_argument("bucket edges that do not rise");
  }
  if (query.edges.size() < 2) throw std::invalid_argument("a sentiment query without a bucket");

  const ReadTransaction snapshot(connection);
  const SentimentPlan plan = plan_for(connection, query);
  SeriesSums sums(query);
  if (raw || plan.raw) {
    read_rows(connection, query, plan, sums);
  } else {
    read_rollups(connection, query, plan, sums);
  }
  SentimentResult result;
  result.series = sums.finish(connection, plan.grain());
  result.seq = Clock(connection).last_seq();
  auto models = connection.prepare("SELECT id FROM model WHERE id <> '' AND first_at < ? AND last_at >= ? ORDER BY id");
  models.bind(1, query.edges.back()).bind(2, query.edges.front());
  while (models.step()) result.models.push_back(models.text(0));
  auto folded = connection.prepare("SELECT value FROM mark WHERE name = 'folded_before'");
  if (folded.step()) result.folded_before = from_ms(folded.integer(0) * minute_ms);
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
