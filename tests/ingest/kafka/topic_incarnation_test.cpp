#include "ingest/kafka/topic_incarnation.hpp"

#include "tests/support/catch.hpp"

namespace tapewatch::ingest {
namespace {

PartitionFacts partition(std::int32_t number) {
  PartitionFacts facts;
  facts.topic = "news";
  facts.partition = number;
  facts.low = 0;
  facts.high = 100;
  return facts;
}

TEST_CASE("a record is known again by key and value; nothing is not the same as an empty text") {
  const auto null = std::string_view();
  const auto all = {record_checksum("k", "v"),   record_checksum("", "kv"),   record_checksum("kv", ""),
                    record_checksum(null, "kv"), record_checksum("kv", null), record_checksum(null, null)};
  for (auto a = all.begin(); a != all.end(); ++a) {
    for (auto b = std::next(a); b != all.end(); ++b) CHECK(*a != *b);
  }
  CHECK(record_checksum("key", "value") == 0x7d7966f75b5fdbeULL);  // stored: must never change
}

TEST_CASE("of the records of a partition at least the last eight are kept, and not many more") {
  DeliveredRecords records;
  for (std::int64_t offset = 0; offset < 100; ++offset) add_delivered(records, {offset, 0, 0});
  CHECK(records.size() >= kMostDelivered);
  CHECK(records.size() <= 2 * kMostDelivered);
  CHECK(records.back().offset == 99);
  CHECK(records.front().offset == 100 - static_cast<std::int64_t>(records.size()));
}

TEST_CASE("only positions of a topic's newest incarnation count") {
  std::vector<PartitionFacts> assigned{partition(0), partition(1)};
  const auto topics =
      topics_of(assigned, {{"news", 0, 40, 1}, {"news", 1, 7, 2}, {"news", 5, 60, 1}, {"other", 0, 3, 9}});
  REQUIRE(topics.size() == 1);
  CHECK(topics[0].incarnation == 2);
  CHECK(topics[0].known_partitions == 2);
  CHECK_FALSE(assigned[0].database);
  CHECK(assigned[0].appeared_later);
  CHECK(assigned[0].incarnation == 2);
  CHECK(assigned[1].database == 7);
}

TEST_CASE("a source without any position is assigned for the first time, and its topics are the first of their names") {
  std::vector<PartitionFacts> assigned{partition(0)};
  const auto topics = topics_of(assigned, {});
  CHECK_FALSE(topics.at(0).incarnation);
  CHECK_FALSE(assigned[0].appeared_later);
  CHECK(assigned[0].incarnation == 1);
  topics_of(assigned, {{"", -1, 0}});  // assigned before, though no partition was
  CHECK(assigned[0].appeared_later);
}

TEST_CASE("a different record, a shorter log and fewer partitions prove another topic; a gap does not") {
  const DeliveredRecords delivered{{37, 5, 1}, {38, 6, 2}, {39, 7, 3}};
  std::vector<PartitionFacts> assigned{partition(0), partition(1)};
  auto topics = topics_of(assigned, {{"news", 0, 40, 0, delivered}, {"news", 1, 100, 0}});
  TopicFacts& topic = topics.at(0);
  CHECK(proof_of_recreation(topic).empty());
  assigned[0].read_back = delivered;
  CHECK(proof_of_recreation(topic).empty());
  assigned[0].read_back = {{38, 6, 2}, {41, 0, 0}};  // the others were compacted away
  CHECK(proof_of_recreation(topic).empty());
  assigned[0].read_back = {{38, 6, 9}};
  CHECK(proof_of_recreation(topic) == "news/0 holds another record at offset 38");
  assigned[0].read_back = {{39, 8, 3}};  // the same text at another time
  CHECK(proof_of_recreation(topic) == "news/0 holds another record at offset 39");
  assigned[0].read_back.clear();
  assigned[1].high = 99;
  CHECK(proof_of_recreation(topic) == "news/1 ends at offset 99 and had been read up to 100");
  assigned[1].high.reset();  // not answered
  CHECK(proof_of_recreation(topic).empty());
  topic.present_partitions = 2;
  CHECK(proof_of_recreation(topic).empty());
  topic.present_partitions = 1;
  CHECK(proof_of_recreation(topic) == "it has 1 partitions and had 2");

  assigned[0].group = 3;
  begin_anew(topic);
  CHECK(topic.incarnation == 1);  // 0 was the one from before they were counted
  for (const PartitionFacts& facts : assigned) {
    CHECK_FALSE(facts.database);
    CHECK_FALSE(facts.group);
    CHECK(decide_start(facts, KafkaStart::latest).has_value() == facts.low.has_value());
    CHECK(facts.incarnation == 1);
    CHECK(facts.appeared_later);
  }
  begin_anew(topic);
  CHECK(topic.incarnation == 2);
}

}  // namespace
}  // namespace tapewatch::ingest
