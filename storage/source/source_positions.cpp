#include "storage/source/source_positions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

namespace tapewatch::storage {
namespace {

// "offset,timestamp,checksum" each, the checksum in hex, divided by blanks.
std::string to_text(const std::vector<DeliveredRecord>& delivered) {
  std::string text;
  const std::size_t first = delivered.size() - std::min(delivered.size(), kMostDelivered);
  for (std::size_t i = first; i < delivered.size(); ++i) {
    const DeliveredRecord& record = delivered[i];
    fmt::format_to(std::back_inserter(text), "{}{},{},{:x}", text.empty() ? "" : " ", record.offset,
                   record.timestamp_ms, record.checksum);
  }
  return text;
}

// What cannot be read is left out: it would only have recognised a record.
std::vector<DeliveredRecord> from_text(std::string_view text) {
  std::vector<DeliveredRecord> delivered;
  const char* at = text.data();
  const char* const end = at + text.size();
  const auto number = [&](auto& value, int base, char after) {
    const auto [next, error] = std::from_chars(at, end, value, base);
    if (error != std::errc() || (next != end && *next != after)) return false;
    at = next == end ? next : next + 1;
    return true;
  };
  for (DeliveredRecord record; at != end;) {
    if (!number(record.offset, 10, ',') || !number(record.timestamp_ms, 10, ',') || !number(record.checksum, 16, ' ')) {
      return {};
    }
    delivered.push_back(record);
  }
  return delivered;
}

}  // namespace

std::vector<KafkaPosition> SourcePositions::load(std::string_view source) const {
  auto read = connection_.prepare(
      "SELECT cluster, topic, partition, next_offset, incarnation, delivered FROM kafka_position WHERE source = ? "
      "ORDER BY 1, 2, 3");
  read.bind(1, source);
  std::vector<KafkaPosition> positions;
  while (read.step()) {
    positions.push_back({read.text(0), read.text(1), static_cast<std::int32_t>(read.integer(2)), read.integer(3),
                         read.integer(4), from_text(read.text(5))});
  }
  return positions;
}

// None or one: that of the same partition.
KafkaPositions SourcePositions::stored(const KafkaPosition& position, std::string_view source) const {
  auto read = connection_.prepare(
      "SELECT next_offset, incarnation, delivered FROM kafka_position "
      "WHERE source = ? AND cluster = ? AND topic = ? AND partition = ?");
  read.bind_all(source, position.cluster, position.topic, static_cast<std::int64_t>(position.partition));
  if (!read.step()) return {};
  return {{position.cluster, position.topic, position.partition, read.integer(0), read.integer(1),
           from_text(read.text(2))}};
}

void SourcePositions::advance(const KafkaPosition& position, std::string_view source) {
  KafkaPositions merged;
  if (position.delivered.size() < kMostDelivered) merged = stored(position, source);
  storage::advance(merged, position);
  const KafkaPosition& now = *merged.begin();
  connection_
      .prepare(
          "INSERT INTO kafka_position (source, cluster, topic, partition, next_offset, incarnation, delivered) "
          "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET next_offset = excluded.next_offset, "
          "incarnation = excluded.incarnation, delivered = excluded.delivered")
      .bind_all(source, now.cluster, now.topic, static_cast<std::int64_t>(now.partition), now.next_offset,
                now.incarnation, to_text(now.delivered))
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
