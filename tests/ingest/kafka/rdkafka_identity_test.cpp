// Whether topic and cluster are still those that have been read.
#include <algorithm>
#include <map>

#include "tests/ingest/kafka/rdkafka_session.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::ingest {
namespace {

using namespace rdkafka_consumer_test;

// What a database would hold after `records`: the position of each partition with its last records.
std::vector<PartitionOffset> positions_after(const std::vector<Record>& records) {
  std::map<std::int32_t, PartitionOffset> positions;
  for (const Record& record : records) {
    PartitionOffset& position = positions[record.partition];
    const auto at = record.timestamp ? record.timestamp->time_since_epoch().count() : -1;
    add_delivered(position.delivered, {record.offset, at, record.checksum});
    position = {record.topic, record.partition, record.offset + 1, record.incarnation, position.delivered};
  }
  std::vector<PartitionOffset> all;
  for (auto& [partition, position] : positions) all.push_back(std::move(position));
  return all;
}

TEST_CASE("a topic that ends before the position is another one: read from its start, with a number of its own") {
  KafkaMock mock;
  mock.create("news", 2);
  mock.produce_many("news", 0, "x", 5);
  mock.produce_many("news", 1, "y", 3);
  Session session(options_for(mock, {"news"}), {{"news", 0, 500, 1}, {"news", 1, 2, 1}});
  REQUIRE(session.read(8));
  CHECK(session.offsets(0).front() == 0);
  CHECK(session.offsets(1).front() == 0);  // proven by the other partition
  CHECK(session.records[0].incarnation == 2);
  CHECK(session.records[0].cluster == session.asked);
  REQUIRE(session.event(KafkaEvent::Kind::recreated) != nullptr);
  CHECK(session.event(KafkaEvent::Kind::recreated)->message ==
        "topic news is not the one that was read before: news/0 ends at offset 5 and had been read up to 500; it is "
        "read from its start, and its records without an id are new documents");
  CHECK(session.event(KafkaEvent::Kind::out_of_range) == nullptr);
  CHECK(session.event(KafkaEvent::Kind::assigned)->partitions.front() == PartitionOffset{"news", 0, 0, 2});
}

TEST_CASE(
    "a longer topic is another one if another record stands where one was delivered, missing ones prove nothing") {
  KafkaMock mock;
  mock.create("news", 2);
  mock.produce_many("news", 0, "x", 20);
  mock.produce_many("news", 1, "y", 20);
  const KafkaOptions options = options_for(mock, {"news"});
  std::vector<PartitionOffset> known;
  {
    Session first(options);
    REQUIRE(first.read(40));
    CHECK(first.records[0].incarnation == 1);
    first.records.erase(std::remove_if(first.records.begin(), first.records.end(),
                                       [](const Record& record) { return record.offset >= 10; }),
                        first.records.end());
    known = positions_after(first.records);
    first.consumer.close();
  }
  REQUIRE(known.size() == 2);
  SECTION("the same records") {
    Session second(options, known);
    REQUIRE(second.read(20));
    CHECK(second.offsets(0).front() == 10);
    CHECK(second.offsets(1).front() == 10);
    CHECK(second.event(KafkaEvent::Kind::recreated) == nullptr);
    CHECK(second.records[0].incarnation == 1);
  }
  SECTION("none of them stands there any more") {
    for (PartitionOffset& position : known) {
      for (DeliveredRecord& record : position.delivered) record.offset = -record.offset - 1;
    }
    Session second(options, known);
    REQUIRE(second.read(20));
    CHECK(second.offsets(0).front() == 10);
    CHECK(second.event(KafkaEvent::Kind::recreated) == nullptr);
  }
  SECTION("one of them is another one") {
    known[1].delivered[7].checksum += 1;
    Session second(options, known);
    REQUIRE(second.read(40));
    CHECK(second.offsets(0).front() == 0);
    CHECK(second.records[0].incarnation == 2);
    REQUIRE(second.event(KafkaEvent::Kind::recreated) != nullptr);
    CHECK(second.event(KafkaEvent::Kind::recreated)->message.find("news/1 holds another record at offset ") !=
          std::string::npos);
  }
  SECTION("fewer partitions than known") {
    known.push_back({"news", 2, 0, 1});
    Session second(options, known);
    REQUIRE(second.read(40));
    CHECK(second.records[0].incarnation == 2);
    REQUIRE(second.event(KafkaEvent::Kind::recreated) != nullptr);
    CHECK(second.event(KafkaEvent::Kind::recreated)->message.find("it has 2 partitions and had 3") !=
          std::string::npos);
  }
  SECTION("a database from before knows positions alone: it adopts what is there, and its last records") {
    Session second(options, {{"news", 0, 10}, {"news", 1, 10}});
    REQUIRE(second.read(20));
    CHECK(second.offsets(0).front() == 10);
    CHECK(second.records[0].incarnation == 0);
    REQUIRE(second.event(KafkaEvent::Kind::assigned)->partitions.size() == 2);
    CHECK(second.event(KafkaEvent::Kind::assigned)->partitions[0].delivered.size() == 8);
    CHECK(second.event(KafkaEvent::Kind::assigned)->partitions[0].delivered.back().offset == 9);
  }
}

TEST_CASE("a backlog of several partitions comes by the time of its records, and then whatever comes next") {
  constexpr int kPartitions = 4, kEach = 25;
  KafkaMock mock;
  mock.create("news", kPartitions + 1);  // the last one stays empty
  for (std::int32_t partition = kPartitions; partition-- > 0;) {
    for (int i = 0; i < kEach; ++i) {
      mock.produce("news", partition, "x", 1'700'000'000'000 + 1000 * (i * kPartitions + partition));
    }
  }
  Session session(options_for(mock, {"news"}));
  REQUIRE(session.read(kPartitions * kEach));
  std::int64_t at = 1'700'000'000'000;
  for (const Record& record : session.records) {
    CHECK(record.timestamp == TimePoint(std::chrono::milliseconds(at)));
    at += 1000;
  }
  CHECK(session.consumer.disorder() == 0ms);
  mock.produce("news", 2, "late", 1'700'000'000'000);
  REQUIRE(session.read(kPartitions * kEach + 1));
  CHECK(session.records.back().payload == "late");
  CHECK(session.consumer.disorder() == (kPartitions * kEach - 1) * 1000ms);
  REQUIRE(session.until([&] { return session.consumer.lag() == 0; }));
}

TEST_CASE("after a lost connection records are handed out once their topic is seen to be the same") {
  KafkaMock mock;
  mock.create("news", 1);
  mock.produce_many("news", 0, "x", 5);
  KafkaOptions options = options_for(mock, {"news"});
  options.properties["reconnect.backoff.max.ms"] = "200";
  Session session(options);
  REQUIRE(session.read(5));
  rd_kafka_mock_broker_set_down(mock.cluster(), 1);
  REQUIRE(session.until([&] { return session.event(KafkaEvent::Kind::unreachable) != nullptr; }));
  rd_kafka_mock_broker_set_up(mock.cluster(), 1);
  mock.produce_many("news", 0, "y", 5);
  REQUIRE(session.read(10));
  CHECK(session.offsets(0) == std::vector<std::int64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  CHECK(session.event(KafkaEvent::Kind::revoked) == nullptr);
}

}  // namespace
}  // namespace tapewatch::ingest
