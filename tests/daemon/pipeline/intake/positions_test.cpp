#include "daemon/pipeline/intake/positions.hpp"

#include "tests/support/catch.hpp"

using namespace tapewatch;
using ingest::PartitionOffset;

TEST_CASE("positions: an offset is stored with its cluster and comes back as it was") {
  const PartitionOffset next{"news", 3, 1042};
  const auto stored = to_stored(next, "c1");
  CHECK(stored.cluster == "c1");
  CHECK(stored.next_offset == 1042);
  storage::KafkaPositions known{stored, to_stored({"news", 3, 7}, "c2"), to_stored({"news", 4, 9}, "c1")};
  CHECK(to_offsets(known, "c1") == std::vector<PartitionOffset>{{"news", 3, 1042}, {"news", 4, 9}});
  CHECK(to_offsets(known, "c2") == std::vector<PartitionOffset>{{"news", 3, 7}});
  // Those of other clusters say only that the source has been read before.
  CHECK(to_offsets(known, "another") == std::vector<PartitionOffset>{assigned_without_partitions()});
  CHECK(to_offsets({}, "another").empty());
  const PartitionOffset full{"news", 3, 1042, 2, {{1040, 5, 7}, {1041, -1, 8}}};
  CHECK(to_offsets({to_stored(full, "c1")}, "c1") == std::vector<PartitionOffset>{full});
}

TEST_CASE("positions: a partition has one, and setting it takes it back too") {
  storage::KafkaPositions known;
  set_position(known, to_stored({"news", 0, 10}, "c1"));
  set_position(known, to_stored({"news", 0, 4}, "c1"));  // a log that was cut
  set_position(known, to_stored({"news", 1, 6}, "c1"));
  CHECK(to_offsets(known, "c1") == std::vector<PartitionOffset>{{"news", 0, 4}, {"news", 1, 6}});

  ingest::PartitionOffsets acknowledged;
  set_position(acknowledged, PartitionOffset{"news", 0, 10});
  set_position(acknowledged, PartitionOffset{"news", 0, 11});
  REQUIRE(acknowledged.size() == 1);
  CHECK(acknowledged.begin()->offset == 11);
}
