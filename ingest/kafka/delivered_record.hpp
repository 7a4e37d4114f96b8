#pragma once
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace tapewatch::ingest {

/// One record that was delivered, as it is recognised later: another one at the same offset means another topic.
struct DeliveredRecord {
  std::int64_t offset = 0;
  std::int64_t timestamp_ms = -1;  // -1: it has none
  std::uint64_t checksum = 0;      // record_checksum()

  friend auto operator<=>(const DeliveredRecord&, const DeliveredRecord&) = default;
};

/// The last ones of a partition, by ascending offset.
using DeliveredRecords = std::vector<DeliveredRecord>;
/// As many are kept: enough that compaction and transaction markers seldom leave none of them.
constexpr std::size_t kMostDelivered = 8;

/// XXH3 of key and value; null data is not the same as none of it. Stored: never changes.
std::uint64_t record_checksum(std::string_view key, std::string_view value);

/// Adds one that stands after all others, and forgets the oldest.
void add_delivered(DeliveredRecords& records, const DeliveredRecord& record);

}  // namespace tapewatch::ingest
