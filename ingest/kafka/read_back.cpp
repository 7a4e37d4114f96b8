// Tested by tests/ingest/kafka/rdkafka_identity_test.cpp
#include "ingest/kafka/read_back.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "ingest/kafka/kafka_consumer.hpp"

namespace tapewatch::ingest {
namespace {

using Key = std::pair<std::string, std::int32_t>;

std::string_view view(const void* data, std::size_t size) { return {static_cast<const char*>(data), size}; }

// The range of offsets to read, [first, last]; empty when nothing of it can exist.
struct Range {
  std::int64_t first = 0, last = -1;
};

Range range_of(const ReadBack::Request& request) {
  const PartitionFacts& facts = *request.partition;
  const auto& delivered = facts.delivered;
  Range range{delivered.empty() ? request.before - static_cast<std::int64_t>(kMostDelivered) : delivered.front().offset,
              delivered.empty() ? request.before - 1 : delivered.back().offset};
  range.first = std::max(range.first, facts.low.value_or(0));
  if (facts.high) range.last = std::min(range.last, *facts.high - 1);
  return range;
}

struct Open {
  PartitionFacts* partition = nullptr;
  std::int64_t last = 0;
};

}  // namespace

DeliveredRecord delivered_record(const rd_kafka_message_t& message) {
  rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
  const std::int64_t timestamp = rd_kafka_message_timestamp(&message, &type);
  return {message.offset, type == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE || timestamp < 0 ? -1 : timestamp,
          record_checksum(view(message.key, message.key_len), view(message.payload, message.len))};
}

ReadBack::ReadBack(const KafkaOptions& options) : timeout_(options.broker_timeout) {
  RdKafkaConf configuration = consumer_configuration(options);
  const std::pair<const char*, const char*> ours[] = {{"enable.auto.commit", "false"},
                                                      {"auto.offset.reset", "earliest"},
                                                      {"statistics.interval.ms", "0"},
                                                      {"log_level", "0"},  // the consumer reports what is wrong
                                                      {"fetch.message.max.bytes", "65536"}};
  for (const auto& [name, value] : ours) set_property(configuration, name, value);
  rd_kafka_conf_set_error_cb(configuration.get(), [](rd_kafka_t*, int, const char*, void*) {});
  std::array<char, 512> text{};
  handle_.reset(rd_kafka_new(RD_KAFKA_CONSUMER, configuration.get(), text.data(), text.size()));
  if (!handle_) throw KafkaError("source \"" + options.name + "\": " + SecretFilter(options)(text.data()));
  static_cast<void>(configuration.release());  // rd_kafka_new owns it now
  rd_kafka_poll_set_consumer(handle_.get());
}

ReadBack::~ReadBack() { destroy_client(handle_.release(), kDestroyPatience); }

std::string ReadBack::cluster() {
  char* id = rd_kafka_clusterid(handle_.get(), static_cast<int>(timeout_.count()));
  if (id == nullptr) return "";
  std::string cluster = id;
  rd_kafka_mem_free(handle_.get(), id);
  return cluster;
}

void ReadBack::read(const std::vector<Request>& requests) {
  std::map<Key, Open> open;
  const RdKafkaPartitions list(rd_kafka_topic_partition_list_new(static_cast<int>(requests.size())));
  for (const Request& request : requests) {
    PartitionFacts& facts = *request.partition;
    const Range range = range_of(request);
    facts.was_read_back = range.last < range.first;
    if (facts.was_read_back) continue;
    open[Key(facts.topic, facts.partition)] = {&facts, range.last};
    rd_kafka_topic_partition_list_add(list.get(), facts.topic.c_str(), facts.partition)->offset = range.first;
  }
  if (open.empty() || rd_kafka_assign(handle_.get(), list.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) return;
  const auto deadline = std::chrono::steady_clock::now() + timeout_;
  while (!open.empty()) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return;
    const RdKafkaMessage message(rd_kafka_consumer_poll(handle_.get(), static_cast<int>(left.count())));
    if (!message || message->rkt == nullptr) continue;
    const auto found = open.find(Key(rd_kafka_topic_name(message->rkt), message->partition));
    if (found == open.end()) continue;
    const auto [partition, last] = found->second;
    const bool end = message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR && !end) continue;
    if (!end && message->offset <= last) partition->read_back.push_back(delivered_record(*message));
    if (end || message->offset >= last) {
      partition->was_read_back = true;
      open.erase(found);
    }
  }
}

}  // namespace tapewatch::ingest
