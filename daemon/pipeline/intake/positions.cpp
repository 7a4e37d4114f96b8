#include "daemon/pipeline/intake/positions.hpp"

namespace tapewatch {

storage::KafkaPosition to_stored(const ingest::PartitionOffset& next, const std::string& cluster) {
  return {cluster, next.topic, next.partition, next.offset};
}

std::vector<ingest::PartitionOffset> to_offsets(const storage::KafkaPositions& positions, const std::string& cluster) {
  std::vector<ingest::PartitionOffset> offsets;
  for (const storage::KafkaPosition& position : positions) {
    if (position.cluster == cluster) offsets.push_back({position.topic, position.partition, position.next_offset});
  }
  return offsets;
}

}  // namespace tapewatch
