#include "storage/sentiment/rollup_layout.hpp"

#include <random>
#include <set>

#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

TEST_CASE("the columns have names of their own") {
  const auto columns = sum_columns();
  CHECK(columns.size() == std::size(document_columns) + grain_count * std::size(vote_columns));
  CHECK(std::set(columns.begin(), columns.end()).size() == columns.size());
  CHECK(rollup_entity.key_list() == "entity, minute, topic, source");
  CHECK(rollup_entity.series_list() == "entity, topic, source");
  for (std::size_t grain = 0; grain < grain_count; ++grain) {
    CHECK(grain_of(grains[grain].by_topic, grains[grain].by_source) == static_cast<Grain>(grain));
  }
}

TEST_CASE("the sums in memory and in SQL are the same") {
  const TempFolder folder;
  auto connection = Connection::open_writer(folder.file());
  connection.execute("CREATE TEMP TABLE row (label INTEGER, sentiment INTEGER)");
  std::mt19937 random(3);
  DocumentSums documents;
  VoteSums votes;
  for (int i = 0; i < 400; ++i) {
    const auto label = static_cast<Label>(random() % 5);
    std::optional<std::int64_t> micro;
    if (label != Label::unscored) micro = static_cast<std::int64_t>(random() % 2'000'001) - 1'000'000;
    add_row(documents, document_columns, label, micro, 1);
    add_row(votes, vote_columns, label, micro, 1);
    connection.prepare("INSERT INTO row VALUES (?, ?)").bind(1, static_cast<std::int64_t>(label)).bind(2, micro).run();
  }
  for (const auto& column : document_columns) {
    CAPTURE(column.name);
    CHECK(documents.*column.field == number(connection, "SELECT " + aggregate(column) + " FROM row"));
  }
  for (const auto& column : vote_columns) {
    CAPTURE(column.name);
    CHECK(votes.*column.field == number(connection, "SELECT " + aggregate(column) + " FROM row"));
  }
}
