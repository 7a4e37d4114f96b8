#include "storage/source/source_positions.hpp"

#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

TEST_CASE("positions are kept by source, cluster, topic and partition") {
  const TempFolder folder;
  auto connection = open_new(folder.file());
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

TEST_CASE("the last eight records before a position are kept with it, those of another incarnation are forgotten") {
  const TempFolder folder;
  auto connection = open_new(folder.file());
  SourcePositions positions(connection);
  const auto record = [](std::int64_t offset) {
    return DeliveredRecord{offset, 1'700'000'000'000 + offset,
                           0xfedc'ba98'7654'3210 + static_cast<std::uint64_t>(offset)};
  };
  const auto delivered = [&](std::int64_t from, std::int64_t to) {
    std::vector<DeliveredRecord> records;
    for (std::int64_t offset = from; offset < to; ++offset) records.push_back(record(offset));
    return records;
  };
  positions.advance({"c1", "news", 0, 3, 1, delivered(0, 3)}, "wire");
  positions.advance({"c1", "news", 0, 10, 1, delivered(6, 10)}, "wire");  // 3 to 5 were compacted away
  CHECK(positions.load("wire").at(0).incarnation == 1);
  CHECK(positions.load("wire").at(0).delivered.size() == 7);
  positions.advance({"c1", "news", 0, 12, 1, delivered(10, 12)}, "wire");
  auto kept = positions.load("wire").at(0).delivered;
  REQUIRE(kept.size() == 8);
  CHECK(kept.front() == record(1));
  CHECK(kept.back() == record(11));
  positions.advance({"c1", "news", 0, 14, 1}, "wire");  // markers were passed: nothing new was delivered
  CHECK(positions.load("wire").at(0).delivered == kept);
  positions.advance({"c1", "news", 0, 40, 1, delivered(20, 40)}, "wire");
  CHECK(positions.load("wire").at(0).delivered == delivered(32, 40));
  positions.advance({"c1", "news", 0, 36, 1, delivered(35, 36)}, "wire");  // read again
  CHECK(positions.load("wire").at(0).delivered == delivered(32, 36));
  positions.advance({"c1", "news", 0, 0, 2}, "wire");
  CHECK(positions.load("wire").at(0).incarnation == 2);
  CHECK(positions.load("wire").at(0).delivered.empty());
}

TEST_CASE("positions of one batch are merged as those of several") {
  KafkaPositions batch;
  for (std::int64_t offset = 0; offset < 50; ++offset) {
    advance(batch, {"c1", "news", 0, offset + 1, 1, {{offset, 7, 9}}});
    REQUIRE(batch.size() == 1);
    CHECK(batch.begin()->delivered.size() <= 2 * kMostDelivered);
  }
  CHECK(batch.begin()->next_offset == 50);
  CHECK(batch.begin()->delivered.back().offset == 49);
  CHECK(batch.begin()->delivered.size() >= kMostDelivered);
  advance(batch, {"c1", "news", 0, 1, 2, {{0, 8, 8}}});
  CHECK(batch.begin()->delivered == std::vector<DeliveredRecord>{{0, 8, 8}});
}
