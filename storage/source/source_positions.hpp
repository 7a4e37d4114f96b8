#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/connection/connection.hpp"
#include "storage/source/kafka_position.hpp"

namespace tapewatch::storage {

/// How far each source has been read: committed with the rows, so that a position covers everything before it.
class SourcePositions {
 public:
  explicit SourcePositions(Connection& connection) : connection_(connection) {}
  std::vector<KafkaPosition> load(std::string_view source) const;
  /// Sets the position, even backwards (a truncated log), and keeps the last of the records delivered before it. Inside
  /// the caller's Transaction.
  void advance(const KafkaPosition& position, std::string_view source);
  /// A feed's validators, schedule and the like, as the ingest island wrote it (JSON).
  std::optional<std::string> feed_state(std::string_view source) const;
  void set_feed_state(std::string_view source, std::string_view json);

 private:
  KafkaPositions stored(const KafkaPosition& position, std::string_view source) const;

  Connection& connection_;
};

}  // namespace tapewatch::storage
