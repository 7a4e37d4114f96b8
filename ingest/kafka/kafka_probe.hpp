#pragma once
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "ingest/kafka/kafka_options.hpp"

namespace tapewatch::ingest {

/// What brokers answered to one look. No text holds a secret.
struct KafkaProbe {
  struct Topic {
    std::string name;
    std::size_t partitions = 0;
    std::string error;  ///< why it cannot be read; empty: it can
  };
  std::string error;        ///< why no broker answered; empty: one did
  std::size_t brokers = 0;  ///< of the cluster
  /// Those of the configuration in its order, of a pattern (^…) what it matches; last the dead-letter topic.
  std::vector<Topic> topics;
  std::string group_error;  ///< why the group's positions cannot be read; empty: they can, or there is no partition
};

/// Connects, logs in, and asks for the metadata of the topics and for the group's positions, as the source's consumer
/// does, but joins no group and reads and makes nothing. Waits for `timeout` at most, and half a second for the client
/// to end. Throws KafkaError for properties that librdkafka refuses.
KafkaProbe probe_kafka(const KafkaOptions& options, std::chrono::milliseconds timeout);

}  // namespace tapewatch::ingest
