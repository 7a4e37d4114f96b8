#pragma once
#include <cstdint>
#include <optional>
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
  std::optional<std::string> key;  // the record's own, with its headers and its time
  std::vector<RecordHeader> headers;
  std::optional<TimePoint> record_at;
  bool tombstone = false;  // the record had no value: none is sent
};

/// The result of one message.
struct DeadLetterReceipt {
  enum class Result {
    delivered,
    failed,        // for now: offer it again
    time_refused,  // offer it again without its own time
    refused        // the broker will never accept it
  };
  std::int64_t id = 0;
  Result result = Result::failed;
  std::string error;
};

/// Sends rejected records to the dead-letter topic with the record's key, headers and time, and the headers
/// tapewatch-source, -topic, -partition, -offset, -timestamp (milliseconds; where it has one), -position, -pointer,
/// -reason and -payload-bytes. Each travels alone, because a broker refuses a whole batch for the size of one record.
/// At least once: a message sent again after a lost receipt arrives twice. Bounded by max_dead_letters_in_flight.
/// Single-threaded; only the destructor blocks, and it drops messages in flight.
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
