#pragma once
#include <optional>
#include <string>
#include <vector>

#include "ingest/kafka/kafka_options.hpp"
#include "ingest/kafka/output_options.hpp"

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

/// The same for an output's producer.
std::vector<KafkaConfigurationError> check_kafka_output(const KafkaOutputOptions& options);

/// The version of librdkafka in use, 0xMMmmrrpp as rd_kafka_version() tells it.
int librdkafka_version();

/// What a client of that version is known to fail at with these options though librdkafka accepts them: SCRAM on
/// Kafka 4.
std::optional<KafkaConfigurationError> kafka_warning(const KafkaOptions& options, int version = librdkafka_version());

}  // namespace tapewatch::ingest
