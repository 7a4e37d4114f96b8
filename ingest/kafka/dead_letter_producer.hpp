#pragma once
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "ingest/kafka/kafka_consumer.hpp"
#include "ingest/kafka/kafka_options.hpp"
#include "ingest/kafka/kafka_properties.hpp"
#include "ingest/kafka/rdkafka_handles.hpp"

namespace tapewatch::ingest {

/// One rejected record on its way to the dead-letter topic.
struct DeadLetterMessage {
  std::int64_t id = 0;  // the caller's
  std::string payload;  // as it came, perhaps cut
  std::string source;
  std::string position;  // where it came from: "news.raw/3@1042"
  std::string pointer;
  std::string reason;
};

/// What became of one message. `retry` false: the broker will never take it as it is.
struct DeadLetterReceipt {
  std::int64_t id = 0;
  bool delivered = false;
  bool retry = true;
  std::string error;
};

/// Sends rejected records to the dead-letter topic, with headers tapewatch-source, -position, -pointer, -reason and
/// -payload-bytes. At least once: a message that was offered again after a lost receipt is there twice. Bounded by
/// max_dead_letters_in_flight. One thread; nothing blocks but the destructor, which drops what is in flight.
class DeadLetterProducer {
 public:
  /// Throws KafkaError for a configuration that librdkafka refuses. Needs no broker.
  explicit DeadLetterProducer(const KafkaOptions& options);
  ~DeadLetterProducer();
  DeadLetterProducer(const DeadLetterProducer&) = delete;
  DeadLetterProducer& operator=(const DeadLetterProducer&) = delete;

  /// False: as many are in flight as may be; offer it again later.
  bool offer(const DeadLetterMessage& message);
  /// What has become known since the last call.
  std::vector<DeadLetterReceipt> poll();
  std::size_t in_flight() const { return in_flight_; }

 private:
  static void on_receipt(rd_kafka_t* handle, const rd_kafka_message_t* message, void* self);
  void add_receipt(std::int64_t id, rd_kafka_resp_err_t error);

  KafkaOptions options_;
  SecretFilter without_secrets_;
  std::vector<DeadLetterReceipt> receipts_;
  std::size_t in_flight_ = 0;
  RdKafkaHandle handle_;
};

}  // namespace tapewatch::ingest
