#pragma once

#include <iosfwd>
#include <vector>

#include "ingest/kafka/kafka_options.hpp"

namespace tapewatch {

/// `tapewatch check --print-fields`: how each Kafka source of the configuration reads its records, its preset filled
/// in, then every preset, all in the language of the configuration.
void print_fields(const std::vector<ingest::KafkaOptions>& sources, std::ostream& out);

}  // namespace tapewatch
