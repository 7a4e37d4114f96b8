#include "ingest/kafka/rdkafka_consumer.hpp"

#include <algorithm>
#include <map>

#include "ingest/kafka/dead_letter_producer.hpp"
#include "tests/ingest/kafka/rdkafka_session.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/kafka_mock.hpp"

namespace tapewatch::ingest {
namespace {

using namespace rdkafka_consumer_test;

TEST_CASE("an unknown, owned or ill-typed property is refused by name, without its value") {
  KafkaOptions options;
  options.name = "wire";
  options.brokers = "127.0.0.1:1";
  options.topics = {"news"};
  const auto refusal = [&](const std::string& name, const std::string& value) -> std::string {
    options.properties = {{name, value}};
    try {
      RdKafkaConsumer(options, [](const std::string&) { return std::vector<PartitionOffset>(); });
    } catch (const KafkaError& error) {
      return error.what();
    }
    return "accepted";
  };
  CHECK(refusal("fetch.mni.bytes", "1").find("source \"wire\": property \"fetch.mni.bytes\": unknown") == 0);
  CHECK(refusal("group.id", "x") == "source \"wire\": property \"group.id\": is tapewatch's own: set it with 'group'");
  CHECK(refusal("session.timeout.ms", "soon").find("session.timeout.ms") != std::string::npos);
  CHECK(refusal("enable.auto.offset.store", "true").find("is tapewatch's own") != std::string::npos);
  CHECK(refusal("sasl.password", "hunter2") == "accepted");
  CHECK(refusal("ssl.key.pem", "hunter2").find("hunter2") == std::string::npos);
  options.properties = {{"ssl.key.password", "hunter2"}};
  CHECK(SecretFilter(options)("key hunter2, hunter2hunter2") == "key [secret], [secret][secret]");
  options.properties = {{"ssl.key.password", "p"}};
  CHECK(SecretFilter(options)("unsupported key") == "unsupported key");  // gaps would reveal the letter
}

TEST_CASE("records are read from the database's position, the group's where there is none, else from the start") {
  KafkaMock mock;
  mock.create("news", 3);
  for (std::int32_t partition = 0; partition < 3; ++partition) {
    mock.produce_many("news", partition, "p" + std::to_string(partition), 10);
  }
  KafkaOptions options = options_for(mock, {"news"});
  {
    Session first(options);
    REQUIRE(first.read(30));
    CHECK_FALSE(first.asked.empty());
    CHECK(first.consumer.cluster() == first.asked);
    CHECK(first.offsets(1) == std::vector<std::int64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
    CHECK(first.records.front().payload.find("{\"title\":\"p") == 0);
    REQUIRE(first.event(KafkaEvent::Kind::assigned) != nullptr);
    CHECK(first.event(KafkaEvent::Kind::assigned)->partitions.size() == 3);
    first.consumer.store({"news", 0, 4, 1});
    first.consumer.store({"news", 1, 6, 1});
    REQUIRE(first.until([&] { return first.consumer.lag() == 0; }));
    first.consumer.close();  // leaves its offsets with the group
  }
  options.start = KafkaStart::latest;
  Session second(options);
  REQUIRE(second.read(10));
  CHECK(second.offsets(0) == std::vector<std::int64_t>{4, 5, 6, 7, 8, 9});  // the group's
  CHECK(second.offsets(1) == std::vector<std::int64_t>{6, 7, 8, 9});
  CHECK(second.offsets(2).empty());  // no position known: latest
  mock.produce("news", 2, "new", 1'700'000'000'123);
  REQUIRE(second.read(11));
  CHECK(second.records.back().offset == 10);
  CHECK(second.records.back().payload == "new");
  CHECK(second.records.back().timestamp == TimePoint(1'700'000'000'123ms));
  CHECK_FALSE(second.records.back().tombstone);
  mock.produce("news", 2, std::nullopt);
  mock.produce("news", 2, "");
  REQUIRE(second.read(13));
  CHECK(second.records[11].tombstone);
  CHECK_FALSE(second.records[12].tombstone);
  second.consumer.close();
  // The database knows one partition: its position wins over the group's 4, and another one appeared later.
  Session third(options, {{"news", 0, 8}, {"other", 0, 1}});
  REQUIRE(third.read(2 + 4 + 13));
  CHECK(third.offsets(0) == std::vector<std::int64_t>{8, 9});
  CHECK(third.offsets(1).front() == 6);
  CHECK(third.offsets(2).front() == 0);
}

TEST_CASE("a record has its key and its headers, in order, with binary, empty, repeated and null values") {
  KafkaMock mock;
  mock.create("news", 1);
  const std::string binary("\0\xff\x01", 3);
  mock.produce("news", 0, "a", 1'700'000'000'000,
               {{"ce-type", "story"}, {"trace", binary}, {"trace", ""}, {"none", std::nullopt}}, "key\xff");
  mock.produce("news", 0, "b", 1'700'000'000'000, {}, "");
  mock.produce("news", 0, "c");
  Session session(options_for(mock, {"news"}));
  REQUIRE(session.read(3));
  CHECK(session.records[0].headers ==
        std::vector<RecordHeader>{{"ce-type", "story"}, {"trace", binary}, {"trace", ""}, {"none", std::nullopt}});
  CHECK(session.records[0].key == "key\xff");
  CHECK(session.records[0].keyed);
  CHECK(session.records[1].headers.empty());
  CHECK(session.records[1].keyed);
  CHECK(session.records[1].key.empty());
  CHECK_FALSE(session.records[2].keyed);
}

TEST_CASE("the end of a partition is reported after its last record, an empty one's at once") {
  KafkaMock mock;
  mock.create("news", 2);
  mock.produce_many("news", 0, "x", 5);
  Session session(options_for(mock, {"news"}));
  REQUIRE(session.until([&] { return session.ends.size() >= 2; }));
  CHECK(session.records.size() == 5);
  std::map<std::int32_t, std::int64_t> ends;
  for (const Record& end : session.ends) {
    ends[end.partition] = end.offset;
    CHECK_FALSE(end.passed);  // only records stand before it
  }
  CHECK(ends == std::map<std::int32_t, std::int64_t>{{0, 5}, {1, 0}});
  mock.produce("news", 1, "one more");
  REQUIRE(session.until([&] { return session.ends.size() >= 3; }));
  CHECK(session.ends.back().offset == 1);
}

TEST_CASE("a paused consumer reads nothing, keeps its partitions and resumes where it was") {
  KafkaMock mock;
  mock.create("news", 1);
  mock.produce_many("news", 0, "x", 100);
  Session session(options_for(mock, {"news"}));
  REQUIRE(session.read(10));
  session.consumer.pause();
  const std::size_t before = session.records.size();
  // Longer than the session would survive without heartbeats and polls.
  const auto end = std::chrono::steady_clock::now() + 7s;
  REQUIRE(session.until([&] { return std::chrono::steady_clock::now() > end; }));
  CHECK(session.records.size() == before);
  CHECK(session.event(KafkaEvent::Kind::revoked) == nullptr);
  session.consumer.resume();
  REQUIRE(session.read(100));
  std::vector<std::int64_t> expected(100);
  for (std::size_t i = 0; i < expected.size(); ++i) expected[i] = static_cast<std::int64_t>(i);
  CHECK(session.offsets(0) == expected);
}

TEST_CASE("a failing position lookup assigns nothing and ends the consumer") {
  KafkaMock mock;
  mock.create("news", 1);
  mock.produce_many("news", 0, "x", 3);
  const SignalsBlocked guard;
  RdKafkaConsumer consumer(options_for(mock, {"news"}), [](const std::string&) -> std::vector<PartitionOffset> {
    throw std::runtime_error("the database is busy");
  });
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  std::string failure;
  while (failure.empty() && std::chrono::steady_clock::now() < deadline) {
    try {
      (void)consumer.poll(20ms);
    } catch (const KafkaError& error) {
      failure = error.what();
    }
  }
  CHECK(failure == "source \"wire\": the database is busy");
}

TEST_CASE("a second consumer takes over what the first gives up") {
  KafkaMock mock;
  mock.create("news", 2);
  mock.produce_many("news", 0, "x", 5);
  mock.produce_many("news", 1, "y", 5);
  KafkaOptions options = options_for(mock, {"news"});
  options.properties["auto.commit.interval.ms"] = "50";
  Session first(options);
  REQUIRE(first.read(10));
  first.consumer.store({"news", 0, 5, 1});
  first.consumer.store({"news", 1, 5, 1});
  REQUIRE(first.until([&] { return mock.committed("tapewatch", "news", 1) == 5; }));
  Session second(options);
  const auto shared = [&] {
    return first.event(KafkaEvent::Kind::revoked) != nullptr && second.event(KafkaEvent::Kind::assigned) != nullptr &&
           !second.event(KafkaEvent::Kind::assigned)->partitions.empty();
  };
  REQUIRE(first.until([&] {
    if (auto record = second.consumer.poll(20ms)) {
      (record->end ? second.ends : second.records).push_back(std::move(*record));
    }
    for (KafkaEvent& event : second.consumer.take_events()) second.events.push_back(std::move(event));
    return shared();
  }));
  CHECK(second.event(KafkaEvent::Kind::assigned)->partitions.front().offset == 5);
  CHECK(second.records.empty());
  first.consumer.store({"news", 0, 5, 1});  // harmless for the previous owner
}

TEST_CASE("unreachable brokers are reported with the reason, and so is their return") {
  KafkaMock mock;
  mock.create("news", 1);
  KafkaOptions options = options_for(mock, {"news"});
  options.properties["reconnect.backoff.max.ms"] = "200";
  Session session(options);
  REQUIRE(session.until([&] { return session.event(KafkaEvent::Kind::assigned) != nullptr; }));
  rd_kafka_mock_broker_set_down(mock.cluster(), 1);
  REQUIRE(session.until([&] { return session.event(KafkaEvent::Kind::unreachable) != nullptr; }));
  CHECK(session.event(KafkaEvent::Kind::unreachable)->message.find("no broker of " + options.brokers) == 0);
  rd_kafka_mock_broker_set_up(mock.cluster(), 1);
  CHECK(session.until([&] { return session.event(KafkaEvent::Kind::reachable) != nullptr; }));
}

TEST_CASE("brokers that keep their connections but answer nothing are unreachable") {
  KafkaMock mock;
  mock.create("news", 1);
  const KafkaOptions options = options_for(mock, {"news"});
  Session session(options);
  REQUIRE(session.until([&] { return session.event(KafkaEvent::Kind::assigned) != nullptr; }));
  const auto frozen_at = std::chrono::steady_clock::now();
  rd_kafka_mock_broker_set_rtt(mock.cluster(), 1, 12'000);
  REQUIRE(session.until([&] { return session.event(KafkaEvent::Kind::unreachable) != nullptr; }));
  CHECK(std::chrono::steady_clock::now() - frozen_at < 10s);
  CHECK(session.event(KafkaEvent::Kind::unreachable)->message.find("has not answered for") != std::string::npos);
  rd_kafka_mock_broker_set_rtt(mock.cluster(), 1, 0);
  CHECK(session.until([&] { return session.event(KafkaEvent::Kind::reachable) != nullptr; }));
}

TEST_CASE("closing takes no longer than it may when the brokers are gone") {
  KafkaOptions options;
  options.name = "wire";
  options.brokers = "127.0.0.1:1";
  options.topics = {"news"};
  options.close_timeout = 500ms;
  const auto begin = std::chrono::steady_clock::now();
  {
    Session session(options);
    CHECK(session.until([&] { return session.event(KafkaEvent::Kind::unreachable) != nullptr; }));
    CHECK_FALSE(session.consumer.lag());
  }
  CHECK(std::chrono::steady_clock::now() - begin < 10s);
}

TEST_CASE("dead letters arrive with key, headers, time and origin of their record, within the bound") {
  KafkaMock mock;
  mock.create("rejected", 1);
  KafkaOptions options = options_for(mock, {"rejected"});
  options.dead_letter_topic = "rejected";
  options.max_dead_letters_in_flight = 2;
  options.max_dead_letter_bytes = 4;
  std::optional<DeadLetterProducer> producer;
  {
    const SignalsBlocked guard;
    producer.emplace(options);
  }
  const std::string bytes("\0\xff", 2);
  const TimePoint at(1'600'000'000'123ms);
  CHECK(producer->offer(
      {7, "payload", "wire", "news/3@1042", "/title", "missing", bytes, {{"a", bytes}, {"b", {}}}, at}));
  CHECK(producer->offer({8, "x", "wire", "news/0@4", "", "not JSON", {}, {}, {}}));
  CHECK_FALSE(producer->offer({9, "y", "wire", "news/0@5", "", "not JSON", {}, {}, {}}));
  std::map<std::int64_t, DeadLetterReceipt::Result> receipts;
  Session session(options);
  REQUIRE(session.until([&] {
    for (const DeadLetterReceipt& receipt : producer->poll()) receipts[receipt.id] = receipt.result;
    return session.records.size() >= 2 && receipts.size() >= 2;
  }));
  using Result = DeadLetterReceipt::Result;
  CHECK(receipts == std::map<std::int64_t, Result>{{7, Result::delivered}, {8, Result::delivered}});
  CHECK(producer->in_flight() == 0);
  const Record& first = session.records[0];
  CHECK(first.payload == "payl");
  CHECK(first.key == bytes);
  CHECK(first.timestamp == at);
  CHECK(first.headers == std::vector<RecordHeader>{{"a", bytes},
                                                   {"b", std::nullopt},
                                                   {"tapewatch-source", "wire"},
                                                   {"tapewatch-position", "news/3@1042"},
                                                   {"tapewatch-topic", "news"},
                                                   {"tapewatch-partition", "3"},
                                                   {"tapewatch-offset", "1042"},
                                                   {"tapewatch-timestamp", "1600000000123"},
                                                   {"tapewatch-pointer", "/title"},
                                                   {"tapewatch-reason", "missing"},
                                                   {"tapewatch-payload-bytes", "7"}});
  CHECK(session.records[1].payload == "x");
  CHECK_FALSE(session.records[1].keyed);
  CHECK(session.records[1].timestamp > at);
  CHECK(producer->offer({9, "", "wire", "news/0@5", "", "a tombstone", "k", {}, {}, true}));
  CHECK(producer->offer({10, "", "wire", "news/0@6", "", "an empty value", "k", {}, {}}));
  REQUIRE(session.until([&] {
    producer->poll();
    return session.records.size() >= 4;
  }));
  CHECK(session.records[2].tombstone);  // no value, as it was read
  CHECK_FALSE(session.records[3].tombstone);
}

}  // namespace
}  // namespace tapewatch::ingest
