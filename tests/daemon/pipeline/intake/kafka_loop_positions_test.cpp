// Where a KafkaLoop has read to, as it is committed: starts, ends, topics created anew, clusters left.
#include "tests/daemon/pipeline/intake/kafka_loop_fixture.hpp"

namespace tapewatch {
namespace {

using namespace kafka_loop_test;

TEST_CASE("a position that passes transaction markers is committed in its place, without a document") {
  Fixture f;
  const auto end = [](std::int64_t offset, bool passed) {
    Record made;
    made.topic = "news";
    made.offset = offset;
    made.end = true;
    made.passed = passed;
    return made;
  };
  f.script->change([&](Script& s) { s.records = {record(7), end(8, false), end(10, true), record(10)}; });
  f.loop.start();
  std::vector<Incoming> taken;
  for (int i = 0; i < 3; ++i) taken.push_back(*tests::take_one(f.queue));
  CHECK(std::holds_alternative<ingest::Document>(taken[0].content));
  CHECK(std::holds_alternative<Nothing>(taken[1].content));
  CHECK(taken[1].number == 1);
  CHECK(taken[1].kafka->next_offset == 10);
  CHECK(std::holds_alternative<ingest::Document>(taken[2].content));
  Fixture::commit(taken[0]);
  Fixture::commit(taken[1], false);
  CHECK(f.script->wait([](Script& s) {
    return !s.stored.empty() && s.stored.back() == PartitionOffset{"news", 0, 10};
  }));
  f.loop.stop();
  CHECK(f.loop.report().documents == 1);
  CHECK(f.loop.report().dead_letters == 0);
}

TEST_CASE("a start that the database does not know is committed first, and remembered until it is") {
  Fixture f;
  f.script->change([](Script& s) {
    s.events.push_back(
        {KafkaEvent::Kind::assigned, KafkaEvent::Level::info, "", "assigned", {{"news", 0, 100}, {"news", 1, 0}}});
    s.records.push_back(record(100));
  });
  f.loop.start();
  const auto first = tests::take_one(f.queue);
  CHECK(std::holds_alternative<Nothing>(first->content));
  CHECK(first->number == 0);
  REQUIRE(first->kafka_starts.size() == 2);  // an assignment's are committed together
  CHECK(first->kafka_starts[0].next_offset == 100);
  CHECK(first->kafka_starts[1].next_offset == 0);
  CHECK(tests::take_one(f.queue)->number == 1);
  // Revoked and assigned again before anything was committed: starts where it started before, not at the current end.
  f.script->change([](Script& s) { s.fail = "lost"; });
  REQUIRE(f.script->wait([](Script& s) { return s.opened == 2; }));
  CHECK(f.script->known == std::vector<PartitionOffset>{{"news", 0, 100}, {"news", 1, 0}});
  f.script->change([](Script& s) {
    s.events.push_back({KafkaEvent::Kind::assigned, KafkaEvent::Level::info, "", "assigned", {{"news", 0, 100}}});
    s.records.push_back(record(100));
  });
  const auto again = tests::take_one(f.queue);
  CHECK(std::holds_alternative<ingest::Document>(again->content));
  CHECK(again->number == 2);
  f.loop.stop();
}

TEST_CASE("a source that is assigned no partition stores that it was, so that those to come are known to be later") {
  Fixture f;
  const KafkaEvent none{KafkaEvent::Kind::assigned, KafkaEvent::Level::info, "", "assigned", {}};
  f.script->change([&](Script& s) { s.events = {none, none}; });
  f.loop.start();
  const auto first = tests::take_one(f.queue);
  REQUIRE(first->kafka_starts.size() == 1);
  CHECK(first->kafka_starts[0].topic.empty());
  CHECK(first->kafka_starts[0].cluster == "cluster-1");
  f.script->change([](Script& s) { s.fail = "lost"; });
  REQUIRE(f.script->wait([](Script& s) { return s.opened == 2; }));
  CHECK(f.script->known == std::vector<PartitionOffset>{assigned_without_partitions()});
  f.script->change([&](Script& s) {
    s.events = {none};
    s.records = {record(0)};
  });
  CHECK(std::holds_alternative<ingest::Document>(tests::take_one(f.queue)->content));  // known: not stored again
  f.loop.stop();
}

TEST_CASE("a topic that was created anew is told, counted and committed from its start; its ids are its own") {
  Fixture f;
  f.database = {{"cluster-1", "news", 0, 40, 1, {{39, 5, 6}}}};
  f.script->change([](Script& s) {
    s.events.push_back({KafkaEvent::Kind::recreated, KafkaEvent::Level::warning, "", "news is another", {}});
    s.events.push_back({KafkaEvent::Kind::assigned, KafkaEvent::Level::info, "", "assigned", {{"news", 0, 0, 2}}});
    s.records = {record(0)};
    s.records[0].incarnation = 2;
    s.records[0].timestamp = TimePoint(std::chrono::milliseconds(1'700'000'000'123));
    s.records[0].checksum = 77;
  });
  f.loop.start();
  const auto start = tests::take_one(f.queue);
  REQUIRE(start->kafka_starts.size() == 1);
  CHECK(start->kafka_starts[0].next_offset == 0);
  CHECK(start->kafka_starts[0].incarnation == 2);
  const auto first = tests::take_one(f.queue);
  CHECK(std::get<ingest::Document>(first->content).id == "cluster-1/news@2/0/0");
  CHECK(first->kafka->incarnation == 2);
  CHECK(first->kafka->delivered == std::vector<storage::DeliveredRecord>{{0, 1'700'000'000'123, 77}});
  f.loop.stop();
  CHECK(f.script->known == std::vector<PartitionOffset>{{"news", 0, 40, 1, {{39, 5, 6}}}});
  CHECK(f.loop.report().last_error == "news is another");
  CHECK(f.metrics.expose().find("tapewatch_kafka_topic_incarnations_total{source=\"wire\"} 1") != std::string::npos);
}

TEST_CASE("positions committed late for a cluster that was left are not stored with the group of the next") {
  KafkaAcks acks;
  acks.add("old", {"news", 0, 99}, true, false);
  acks.add("new", {"news", 0, 3}, true, false);
  const auto taken = acks.take("new");
  CHECK(taken.positions == ingest::PartitionOffsets{{"news", 0, 3}});
  CHECK(taken.documents == 2);
  CHECK(acks.take("old").positions.empty());
}

}  // namespace
}  // namespace tapewatch
