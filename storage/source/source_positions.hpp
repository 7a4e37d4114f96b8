#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "storage/connection/connection.hpp"

namespace tapewatch::storage {

struct KafkaPosition {
  std::string cluster, topic;
  std::int32_t partition = 0;
  std::int64_t next_offset = 0;  ///< the first offset that is not stored yet
};

struct ByPartition {
  bool operator()(const KafkaPosition& a, const KafkaPosition& b) const {
    return std::tie(a.cluster, a.topic, a.partition) < std::tie(b.cluster, b.topic, b.partition);
  }
};
/// One position per partition.
using KafkaPositions = std::set<KafkaPosition, ByPartition>;

/// How far each source has been read: committed with the rows, so that a position covers everything before it.
class SourcePositions {
 public:
  explicit SourcePositions(Connection& connection) : connection_(connection) {}
  std::vector<KafkaPosition> load(std::string_view source) const;
  /// Sets the position, even backwards (a truncated log). Inside the caller's Transaction.
  void advance(const KafkaPosition& position, std::string_view source);
  /// A feed's validators, schedule and the like, as the ingest island wrote it (JSON).
  std::optional<std::string> feed_state(std::string_view source) const;
  void set_feed_state(std::string_view source, std::string_view json);

 private:
  Connection& connection_;
};

}  // namespace tapewatch::storage
