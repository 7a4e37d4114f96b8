#include "storage/sentiment/rollup_layout.hpp"

#include <random>
#include <set>

#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

TEST_CASE("the columns have distinct names") {
  const auto columns = sum_columns();
  CHECK(columns.size() == std::size(kDocumentColumns) + kGrainCount * std::size(kVoteColumns));
  CHECK(std::set(columns.begin(), columns.end()).size() == columns.size());
  CHECK(kRollupEntity.key_list() == "entity, minute, topic, source, model");
  CHECK(kRollupEntity.series_list() == "entity, topic, source, model");
  for (std::size_t grain = 0; grain < kGrainCount; ++grain) {
    CHECK(grain_of(kGrains[grain].by_topic, kGrains[grain].by_source) == static_cast<Grain>(grain));
  }
}

TEST_CASE("a roll-up stores repeats in the place of votes, a table of later scores the votes") {
  const auto stored = kRollupTopic.stored_columns();
  CHECK(stored.size() == sum_columns().size());
  CHECK(stored[std::size(kDocumentColumns)] == "repeats_all");
  CHECK(stored.back() == "repeat_sum_squares_topic_source");
  CHECK(kRescoredTopic.stored_columns().data() == sum_columns().data());
  const DocumentSums sums{9, 3, 2, 1, 2, 1, -700, 800};
  const VoteSums votes = if_all_voted(sums);
  CHECK(votes.stories == 9);
  CHECK(votes.negative == 1);
  CHECK(votes.scored == 6);
  CHECK(votes.sum == -700);
  CHECK(votes.sum_squares == 800);
}

TEST_CASE("the sums in memory and in SQL are the same") {
  const TempFolder folder;
  auto connection = open_new(folder.file());
  connection.execute("CREATE TEMP TABLE row (label INTEGER, sentiment INTEGER)");
  std::mt19937 random(3);
  DocumentSums documents;
  VoteSums votes;
  for (int i = 0; i < 400; ++i) {
    const auto label = static_cast<Label>(random() % 5);
    std::optional<std::int64_t> micro;
    if (label != Label::unscored) micro = static_cast<std::int64_t>(random() % 2'000'001) - 1'000'000;
    add_row(documents, kDocumentColumns, label, micro, 1);
    add_row(votes, kVoteColumns, label, micro, 1);
    connection.prepare("INSERT INTO row VALUES (?, ?)").bind(1, static_cast<std::int64_t>(label)).bind(2, micro).run();
  }
  for (const auto& column : kDocumentColumns) {
    CAPTURE(column.name);
    CHECK(documents.*column.field == number(connection, "SELECT " + aggregate(column) + " FROM row"));
  }
  for (const auto& column : kVoteColumns) {
    CAPTURE(column.name);
    CHECK(votes.*column.field == number(connection, "SELECT " + aggregate(column) + " FROM row"));
  }
}
