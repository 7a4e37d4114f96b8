#pragma once

#include <set>
#include <string>
#include <vector>

#include "ingest/kafka/kafka_consumer.hpp"
#include "storage/source/source_positions.hpp"

namespace tapewatch {

/// How far partitions have been read, as it passes between Kafka and the tables: ingest has one type for it, of one
/// cluster, storage one, which names the cluster. Sets of either hold one position a partition.
storage::KafkaPosition to_stored(const ingest::PartitionOffset& next, const std::string& cluster);
/// Those of one cluster, for its consumer.
std::vector<ingest::PartitionOffset> to_offsets(const storage::KafkaPositions& positions, const std::string& cluster);

/// Sets the position of its partition, whatever it was.
template <class Positions>
void set_position(Positions& positions, typename Positions::value_type position) {
  positions.erase(position);
  positions.insert(std::move(position));
}

}  // namespace tapewatch
