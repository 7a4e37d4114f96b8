#pragma once
#include <string>
#include <vector>

#include "ingest/kafka/kafka_options.hpp"

namespace tapewatch::ingest {

struct KafkaPropertyError {
  std::string property;
  std::string message;
};

// Every property of `options` that librdkafka would not take, or that a key of ours owns: what is to be known before
// anything is started. Asks librdkafka's own table and connects to nobody. Never holds a secret's value.
std::vector<KafkaPropertyError> kafka_property_errors(const KafkaOptions& options);

}  // namespace tapewatch::ingest
