#pragma once
// A consumer on a mock cluster, with all that it reports.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "ingest/kafka/rdkafka_consumer.hpp"
#include "tests/support/kafka_mock.hpp"

namespace tapewatch::ingest::rdkafka_consumer_test {

using namespace std::chrono_literals;
using tests::KafkaMock;
using tests::SignalsBlocked;

constexpr auto kPatience = 90s;  // ends a hanging test; nothing else waits for it

inline KafkaOptions options_for(const KafkaMock& mock, std::vector<std::string> topics) {
  KafkaOptions options;
  options.name = "wire";
  options.brokers = mock.brokers();
  options.topics = std::move(topics);
  options.start = KafkaStart::earliest;
  options.statistics_every = 200ms;
  options.properties = {{"session.timeout.ms", "6000"}, {"heartbeat.interval.ms", "200"}};
  return options;
}

/// A consumer with all its events.
struct Session {
  explicit Session(const KafkaOptions& options, std::vector<PartitionOffset> known = {})
      : consumer(blocked(options, [this, known](const std::string& cluster) {
          asked = cluster;
          return known;
        })) {}

  static RdKafkaConsumer blocked(const KafkaOptions& options, PositionLookup positions) {
    const SignalsBlocked guard;
    return RdKafkaConsumer(options, std::move(positions));
  }

  template <class Done>
  bool until(Done done) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (!done()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      if (auto record = consumer.poll(20ms)) (record->end ? ends : records).push_back(std::move(*record));
      for (KafkaEvent& event : consumer.take_events()) events.push_back(std::move(event));
    }
    return true;
  }
  bool read(std::size_t count) {
    return until([&] { return records.size() >= count; });
  }
  const KafkaEvent* event(KafkaEvent::Kind kind) const {
    const auto found = std::find_if(events.rbegin(), events.rend(), [&](const auto& e) { return e.kind == kind; });
    return found == events.rend() ? nullptr : &*found;
  }
  std::vector<std::int64_t> offsets(std::int32_t partition) const {
    std::vector<std::int64_t> seen;
    for (const Record& record : records) {
      if (record.partition == partition) seen.push_back(record.offset);
    }
    return seen;
  }

  std::string asked;
  RdKafkaConsumer consumer;
  std::vector<Record> records, ends;
  std::vector<KafkaEvent> events;
};

}  // namespace tapewatch::ingest::rdkafka_consumer_test
