// Tested by tests/ingest/kafka/topic_incarnation_test.cpp
#include "ingest/kafka/delivered_record.hpp"

#include <xxhash.h>

namespace tapewatch::ingest {

std::uint64_t record_checksum(std::string_view key, std::string_view value) {
  const auto seed_of = [](std::string_view bytes) { return bytes.data() == nullptr ? 0U : 1U; };
  const std::uint64_t key_hash = XXH3_64bits_withSeed(key.data(), key.size(), seed_of(key));
  return XXH3_64bits_withSeed(value.data(), value.size(), key_hash + seed_of(value));
}

void add_delivered(DeliveredRecords& records, const DeliveredRecord& record) {
  // Forgotten in halves, so that this does not move eight of them for each record.
  if (records.size() >= 2 * kMostDelivered) {
    records.erase(records.begin(), records.end() - static_cast<std::ptrdiff_t>(kMostDelivered));
  }
  records.push_back(record);
}

}  // namespace tapewatch::ingest
