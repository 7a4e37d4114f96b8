#include "storage/source/source_positions.hpp"

#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

TEST_CASE("positions are kept by source, cluster, topic and partition") {
  const TempFolder folder;
  auto connection = Connection::open_writer(folder.file());
  SourcePositions positions(connection);
  CHECK(positions.load("wire").empty());
  positions.advance({"c1", "news", 1, 10}, "wire");
  positions.advance({"c1", "news", 0, 7}, "wire");
  positions.advance({"c1", "news", 1, 12}, "wire");
  positions.advance({"c2", "news", 1, 3}, "wire");
  positions.advance({"c1", "news", 1, 99}, "other");
  const auto found = positions.load("wire");
  REQUIRE(found.size() == 3);
  CHECK(found[0].next_offset == 7);
  CHECK(found[1].next_offset == 12);
  CHECK(found[2].cluster == "c2");
  positions.advance({"c1", "news", 1, 2}, "wire");  // the log was cut: backwards is allowed
  CHECK(positions.load("wire")[1].next_offset == 2);

  CHECK_FALSE(positions.feed_state("fed"));
  positions.set_feed_state("fed", R"({"etag":"x"})");
  positions.set_feed_state("fed", R"({"etag":"y"})");
  CHECK(*positions.feed_state("fed") == R"({"etag":"y"})");
  CHECK_THROWS_AS(positions.set_feed_state("fed", "not json"), StorageError);
}
