#pragma once
#include <string>
#include <vector>

#include "ingest/kafka/kafka_options.hpp"

namespace tapewatch::ingest {

/// What librdkafka refuses, without any property's value.
struct KafkaConfigurationError {
  std::string key;  // of the source: "topics", "properties.ssl.ca.location"; "properties" if no property is named
  std::string message;
};

/// Everything that would prevent opening the consumer, or the dead-letter producer if a dead_letter_topic is named:
/// properties that librdkafka does not know or accept and, if it accepts them all, the errors of creating both clients.
/// They are created without brokers, so nothing is resolved or connected, and Kerberos's kinit is not run. Takes about
/// 100 ms if certificates are read.
std::vector<KafkaConfigurationError> check_kafka(const KafkaOptions& options);

}  // namespace tapewatch::ingest
