#include "ingest/kafka/kafka_probe.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/kafka_mock.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

namespace {

ingest::KafkaOptions source_at(const std::string& brokers) {
  ingest::KafkaOptions options;
  options.name = "wire";
  options.brokers = brokers;
  options.topics = {"news"};
  return options;
}

}  // namespace

TEST_CASE("Kafka probe: topics with their partitions, those that are missing, those that a pattern matches") {
  tests::KafkaMock mock;
  mock.create("news", 3);
  mock.create("news.more", 1);
  auto options = source_at(mock.brokers());
  const auto plain = ingest::probe_kafka(options, 20s);
  CHECK(plain.error.empty());
  CHECK(plain.group_error.empty());
  CHECK(plain.brokers == 1);
  REQUIRE(plain.topics.size() == 1);
  CHECK(plain.topics[0].partitions == 3);
  CHECK(plain.topics[0].error.empty());

  options.topics = {"^news.*", "^quotes"};
  const auto matched = ingest::probe_kafka(options, 20s);
  REQUIRE(matched.topics.size() == 3);
  CHECK(matched.topics[0].name.starts_with("news"));
  CHECK(matched.topics[1].error.empty());
  CHECK(matched.topics[2].name == "^quotes");
  CHECK(matched.topics[2].error == "matches no topic");
}

TEST_CASE("Kafka probe: a topic's and a group's refusal are told apart") {
  tests::KafkaMock mock;
  mock.create("news", 1);
  rd_kafka_mock_topic_set_error(mock.cluster(), "closed", RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
  rd_kafka_mock_push_request_errors(mock.cluster(), 9 /* OffsetFetch */, 1,
                                    RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED);
  auto options = source_at(mock.brokers());
  options.dead_letter_topic = "closed";
  const auto probe = ingest::probe_kafka(options, 5s);
  CHECK(probe.error.empty());
  REQUIRE(probe.topics.size() == 2);
  CHECK(probe.topics[0].error.empty());
  CHECK(probe.topics[1].name == "closed");
  CHECK_FALSE(probe.topics[1].error.empty());
  CHECK_FALSE(probe.group_error.empty());
}

TEST_CASE("Kafka probe: no broker there is told before the time is over") {
  const auto options = source_at("127.0.0.1:1");
  const auto probe = ingest::probe_kafka(options, 1h);
  CHECK(probe.error.find("127.0.0.1:1") != std::string::npos);
}
