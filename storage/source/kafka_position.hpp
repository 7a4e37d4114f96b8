#pragma once
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace tapewatch::storage {

/// One record that was delivered, as it is recognised later.
struct DeliveredRecord {
  std::int64_t offset = 0;
  std::int64_t timestamp_ms = -1;  ///< -1: it has none
  std::uint64_t checksum = 0;      ///< of key and value, as the source computes it

  friend bool operator==(const DeliveredRecord&, const DeliveredRecord&) = default;
};

struct KafkaPosition {
  std::string cluster, topic;
  std::int32_t partition = 0;
  std::int64_t next_offset = 0;  ///< the first offset that is not stored yet
  /// Of the topic: those of one name, created one after the other, are counted from 1; 0 was read before that.
  std::int64_t incarnation = 0;
  std::vector<DeliveredRecord> delivered = {};  ///< the last records before next_offset, by ascending offset
};

struct ByPartition {
  bool operator()(const KafkaPosition& a, const KafkaPosition& b) const {
    return std::tie(a.cluster, a.topic, a.partition) < std::tie(b.cluster, b.topic, b.partition);
  }
};
/// One position per partition.
using KafkaPositions = std::set<KafkaPosition, ByPartition>;

/// The most records that are kept of a partition.
constexpr std::size_t kMostDelivered = 8;

/// Puts `position` in the place of its partition's. What was delivered before it stays, if it is of the same
/// incarnation and stands before what `position` brings.
void advance(KafkaPositions& positions, KafkaPosition position);

}  // namespace tapewatch::storage
