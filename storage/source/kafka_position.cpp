// Tested by tests/storage/source/source_positions_test.cpp
#include "storage/source/kafka_position.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace tapewatch::storage {
namespace {

void add_delivered(KafkaPosition& known, std::vector<DeliveredRecord> delivered, std::int64_t next_offset) {
  const std::int64_t first = delivered.empty() ? next_offset : delivered.front().offset;
  auto& records = known.delivered;
  while (!records.empty() && records.back().offset >= first) records.pop_back();
  records.insert(records.end(), delivered.begin(), delivered.end());
  if (records.size() > 2 * kMostDelivered) {  // in halves, so that not every record moves eight others
    records.erase(records.begin(), records.end() - static_cast<std::ptrdiff_t>(kMostDelivered));
  }
}

}  // namespace

void advance(KafkaPositions& positions, KafkaPosition position) {
  const auto found = positions.find(position);
  if (found == positions.end()) {
    positions.insert(std::move(position));
    return;
  }
  auto node = positions.extract(found);
  KafkaPosition& known = node.value();
  if (known.incarnation != position.incarnation) known.delivered.clear();
  add_delivered(known, std::move(position.delivered), position.next_offset);
  known.incarnation = position.incarnation;
  known.next_offset = position.next_offset;
  positions.insert(std::move(node));
}

}  // namespace tapewatch::storage
