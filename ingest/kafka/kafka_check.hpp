#pragma once
#include <string>
#include <vector>

#include "ingest/kafka/kafka_options.hpp"

namespace tapewatch::ingest {

/// What librdkafka does not take, in words that hold no property's value.
struct KafkaConfigurationError {
  std::string key;  // of the source: "topics", "properties.ssl.ca.location"; "properties" where no property is named
  std::string message;
};

/// Everything that would keep the consumer, or the dead-letter producer where a dead_letter_topic is named, from being
/// opened: properties that librdkafka does not know or take and, where it takes them all, what it says when both
/// clients are made. They are made without brokers, so nothing is resolved or connected, and Kerberos's kinit is not
/// run. Takes some 100 ms where certificates are read.
std::vector<KafkaConfigurationError> check_kafka(const KafkaOptions& options);

}  // namespace tapewatch::ingest
