#pragma once

#include <set>
#include <string>
#include <vector>

#include "ingest/kafka/kafka_consumer.hpp"
#include "storage/source/source_positions.hpp"

namespace tapewatch {

/// How far partitions have been read, converted between Kafka and the tables: ingest's type is for one cluster,
/// storage's names the cluster. Sets of either have one position per partition.
storage::KafkaPosition to_stored(const ingest::PartitionOffset& next, const std::string& cluster);
/// Those of one cluster, for its consumer. If there are only others, assigned_without_partitions(): the source has been
/// read before.
std::vector<ingest::PartitionOffset> to_offsets(const storage::KafkaPositions& positions, const std::string& cluster);

/// The position of no partition: stored when a source is assigned none, so that those to come are known to be later.
inline ingest::PartitionOffset assigned_without_partitions() { return {"", -1, 0, 0, {}}; }

/// Sets the position of its partition, replacing any other.
template <class Positions>
void set_position(Positions& positions, typename Positions::value_type position) {
  positions.erase(position);
  positions.insert(std::move(position));
}

}  // namespace tapewatch
