#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "ingest/kafka/kafka_options.hpp"
#include "ingest/kafka/kafka_properties.hpp"
#include "ingest/kafka/kafka_start.hpp"
#include "ingest/kafka/rdkafka_handles.hpp"

namespace tapewatch::ingest {

/// Reads records once more that have been delivered, to see whether they are still the same. A client of its own, which
/// joins no group and stores nothing: it sees the cluster that answers now, while the consumer goes on undisturbed.
/// Blocks up to broker_timeout per call.
class ReadBack {
 public:
  /// Throws KafkaError for a configuration that librdkafka refuses. Needs no broker.
  explicit ReadBack(const KafkaOptions& options);
  ~ReadBack();
  ReadBack(const ReadBack&) = delete;
  ReadBack& operator=(const ReadBack&) = delete;

  /// The id of the cluster; "" if no broker tells it in time.
  std::string cluster();

  /// For each partition: the records where its `delivered` ones stood or, without any, the last few before `before`, as
  /// far as they still exist; sets read_back and was_read_back. One that does not answer in time stays as it is.
  struct Request {
    PartitionFacts* partition = nullptr;
    std::int64_t before = 0;
  };
  void read(const std::vector<Request>& requests);

 private:
  std::chrono::milliseconds timeout_;
  RdKafkaHandle handle_;
};

/// How a message is recognised later.
DeliveredRecord delivered_record(const rd_kafka_message_t& message);

}  // namespace tapewatch::ingest
