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
  std::string payload;  // as received, possibly cut
  std::string source;
  std::string position;  // where it came from: "news.raw/3@1042"
  std::string pointer;
  std::string reason;
};

/// The result of one message. `retry` false: the broker will never accept it as it is.
struct DeadLetterReceipt {
  std::int64_t id = 0;
  bool delivered = false;
  bool retry = true;
  std::string error;
};

/// Sends rejected records to the dead-letter topic, with headers tapewatch-source, -position, -pointer, -reason and
/// -payload-bytes. At least once: a message sent again after a lost receipt arrives twice. Bounded by
/// max_dead_letters_in_flight. Single-threaded; only the destructor blocks, and it drops messages in flight.
class DeadLetterProducer {
 public:
  /// Throws KafkaError for a configuration that librdkafka refuses. Needs no broker.
  explicit DeadLetterProducer(const KafkaOptions& options);
  ~DeadLetterProducer();
  DeadLetterProducer(const DeadLetterProducer&) = delete;
  DeadLetterProducer& operator=(const DeadLetterProducer&) = delete;

  /// False: too many are in flight; offer it again later.
  bool offer(const DeadLetterMessage& message);
  /// The results since the last call.
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
