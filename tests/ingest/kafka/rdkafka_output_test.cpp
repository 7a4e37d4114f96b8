// The producer of an output against librdkafka's mock cluster, which keeps transactions but knows no aborted records:
// what only real brokers show is in tests/e2e/kafka/output_test.py.
#include "ingest/kafka/rdkafka_output.hpp"

#include <atomic>

#include "ingest/kafka/kafka_check.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/kafka_mock.hpp"

namespace tapewatch::ingest {
namespace {

using namespace std::chrono_literals;
using OutputKind = OutputResult::Kind;

KafkaOutputOptions output_options(const std::string& brokers) {
  KafkaOutputOptions options;
  options.name = "desk";
  options.brokers = brokers;
  options.documents = "docs";
  options.alerts = "alerts";
  options.open_patience = 30s;
  return options;
}

struct Read {
  std::string topic, key, value, type, event;
};

std::string header_of(const rd_kafka_message_t& message, const char* name) {
  rd_kafka_headers_t* headers = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return "";
  if (rd_kafka_header_get_last(headers, name, &value, &size) != RD_KAFKA_RESP_ERR_NO_ERROR) return "";
  return {static_cast<const char*>(value), size};
}

/// The first `count` records of the topic's only partition.
std::vector<Read> read_topic(const std::string& brokers, const std::string& topic, std::size_t count) {
  const tests::SignalsBlocked blocked;
  std::array<char, 512> text{};
  rd_kafka_conf_t* configuration = rd_kafka_conf_new();
  rd_kafka_conf_set(configuration, "bootstrap.servers", brokers.c_str(), text.data(), text.size());
  rd_kafka_conf_set(configuration, "group.id", "test", text.data(), text.size());
  rd_kafka_conf_set(configuration, "auto.offset.reset", "earliest", text.data(), text.size());
  RdKafkaHandle consumer(rd_kafka_new(RD_KAFKA_CONSUMER, configuration, text.data(), text.size()));
  const RdKafkaPartitions list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), 0)->offset = 0;
  rd_kafka_assign(consumer.get(), list.get());
  std::vector<Read> found;
  const auto end = std::chrono::steady_clock::now() + 60s;
  while (found.size() < count && std::chrono::steady_clock::now() < end) {
    const RdKafkaMessage message(rd_kafka_consumer_poll(consumer.get(), 100));
    if (!message || message->err != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    found.push_back({topic, std::string(static_cast<const char*>(message->key), message->key_len),
                     std::string(static_cast<const char*>(message->payload), message->len),
                     header_of(*message, "tapewatch-type"), header_of(*message, "tapewatch-event")});
  }
  destroy_client(consumer.release(), 5s);
  return found;
}

}  // namespace

TEST_CASE("a transaction's records stand in their topics with key, value and headers") {
  tests::KafkaMock mock;
  mock.create("docs", 1);
  mock.create("alerts", 1);
  const tests::SignalsBlocked blocked;
  RdKafkaOutput output(output_options(mock.brokers()), [] { return false; });
  const auto opened = output.open();
  INFO(opened.why);
  REQUIRE(opened.kind == OutputKind::done);
  std::optional<CommittedEvent> found;
  REQUIRE(output.committed(found).kind == OutputKind::done);
  CHECK_FALSE(found);
  const auto result = output.publish({{"docs", "17", R"({"id":"17"})", 4, "document"},
                                      {"alerts", "al_1", R"({"id":"al_1"})", 5, "alert"},
                                      {"docs", "18", R"({"id":"18"})", 6, "document"}},
                                     {6, 1'000, "p"});
  INFO(result.why);
  REQUIRE(result.kind == OutputKind::done);
  const auto docs = read_topic(mock.brokers(), "docs", 2);
  REQUIRE(docs.size() == 2);
  CHECK(docs[0].key == "17");
  CHECK(docs[0].value == R"({"id":"17"})");
  CHECK(docs[0].type == "document");
  CHECK(docs[0].event == "4");
  CHECK(docs[1].event == "6");
  CHECK(read_topic(mock.brokers(), "alerts", 1).at(0).type == "alert");
}

TEST_CASE("a record beyond message.max.bytes costs its transaction, and the next one is fine") {
  tests::KafkaMock mock;
  mock.create("docs", 1);
  mock.create("alerts", 1);
  const tests::SignalsBlocked blocked;
  auto options = output_options(mock.brokers());
  options.properties["message.max.bytes"] = "2000";
  RdKafkaOutput output(options, [] { return false; });
  REQUIRE(output.open().kind == OutputKind::done);
  const OutputRecord large{"docs", "1", std::string(5'000, 'x'), 1, "document"};
  CHECK(output.publish({large}, {1, 1, "p"}).kind == OutputKind::too_large);
  CHECK(output.publish({{"docs", "2", "{}", 2, "document"}}, {2, 2, "p"}).kind == OutputKind::done);
}

TEST_CASE("without brokers an output says so, and a stop ends the wait") {
  const tests::SignalsBlocked blocked;
  auto options = output_options("127.0.0.1:1");
  options.step = 20ms;
  options.open_patience = 100ms;
  std::atomic<bool> stop{false};
  RdKafkaOutput output(options, [&] { return stop.load(); });
  const auto result = output.open();
  CHECK(result.kind == OutputKind::again);
  CHECK_FALSE(result.why.empty());
  stop = true;
  CHECK(output.open().kind == OutputKind::again);
}

TEST_CASE("the position as an offset's metadata") {
  const CommittedEvent position{7, 1'767'600'000'123, "0011aabb"};
  CHECK(position.metadata() == "tapewatch-1 1767600000123 0011aabb");
  CHECK(CommittedEvent::parse(7, position.metadata()) == position);
  for (const char* text : {"", "tapewatch-1", "tapewatch-1 12", "tapewatch-1 x p", "tapewatch-2 12 p", "other"}) {
    CAPTURE(text);
    CHECK_FALSE(CommittedEvent::parse(7, text));
  }
}

TEST_CASE("what librdkafka refuses of an output is an error at its property, without the value") {
  auto options = output_options("127.0.0.1:1");
  CHECK(check_kafka_output(options).empty());
  options.properties = {{"ssl.ca.location", "/nonexistent/hunter2.pem"}, {"security.protocol", "SSL"}};
  auto errors = check_kafka_output(options);
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].key == "properties.ssl.ca.location");
  CHECK(errors[0].message.find("hunter2") == std::string::npos);
  options.properties = {{"no.such.property", "1"}};
  errors = check_kafka_output(options);
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].key == "properties.no.such.property");
}

}  // namespace tapewatch::ingest
