#include "daemon/pipeline/intake/positions.hpp"

namespace tapewatch {

storage::KafkaPosition to_stored(const ingest::PartitionOffset& next, const std::string& cluster) {
  storage::KafkaPosition position{cluster, next.topic, next.partition, next.offset, next.incarnation, {}};
  position.delivered.reserve(next.delivered.size());
  for (const auto& record : next.delivered) {
    position.delivered.push_back({record.offset, record.timestamp_ms, record.checksum});
  }
  return position;
}

std::vector<ingest::PartitionOffset> to_offsets(const storage::KafkaPositions& positions, const std::string& cluster) {
  std::vector<ingest::PartitionOffset> offsets;
  for (const storage::KafkaPosition& position : positions) {
    if (position.cluster != cluster || position.topic.empty()) continue;
    auto& offset = offsets.emplace_back(
        ingest::PartitionOffset{position.topic, position.partition, position.next_offset, position.incarnation, {}});
    offset.delivered.reserve(position.delivered.size());
    for (const auto& record : position.delivered) {
      offset.delivered.push_back({record.offset, record.timestamp_ms, record.checksum});
    }
  }
  if (offsets.empty() && !positions.empty()) offsets.push_back(assigned_without_partitions());
  return offsets;
}

}  // namespace tapewatch
