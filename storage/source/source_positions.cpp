#include "storage/source/source_positions.hpp"

namespace tapewatch::storage {

std::vector<KafkaPosition> SourcePositions::load(std::string_view source) const {
  auto read = connection_.prepare(
      "SELECT cluster, topic, partition, next_offset FROM kafka_position WHERE source = ? ORDER BY 1, 2, 3");
  read.bind(1, source);
  std::vector<KafkaPosition> positions;
  while (read.step()) {
    positions.push_back({read.text(0), read.text(1), static_cast<std::int32_t>(read.integer(2)), read.integer(3)});
  }
  return positions;
}

void SourcePositions::advance(const KafkaPosition& position, std::string_view source) {
  connection_
      .prepare(
          "INSERT INTO kafka_position (source, cluster, topic, partition, next_offset) VALUES (?, ?, ?, ?, ?) "
          "ON CONFLICT DO UPDATE SET next_offset = excluded.next_offset")
      .bind_all(source, position.cluster, position.topic, static_cast<std::int64_t>(position.partition),
                position.next_offset)
      .run();
}

std::optional<std::string> SourcePositions::feed_state(std::string_view source) const {
  auto read = connection_.prepare("SELECT json FROM feed_state WHERE source = ?");
  read.bind(1, source);
  return read.step() ? std::optional(read.text(0)) : std::nullopt;
}

void SourcePositions::set_feed_state(std::string_view source, std::string_view json) {
  connection_
      .prepare("INSERT INTO feed_state (source, json) VALUES (?, ?) ON CONFLICT DO UPDATE SET json = excluded.json")
      .bind_all(source, json)
      .run();
}

}  // namespace tapewatch::storage
