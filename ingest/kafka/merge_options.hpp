#pragma once
#include <chrono>
#include <cstddef>

namespace tapewatch::ingest {

/// The bounds of a PartitionMerge.
struct MergeLimits {
  std::chrono::milliseconds patience{200};           // how long a partition without a queued record holds the others
  std::chrono::milliseconds first_patience{15'000};  // the same after add(): its first fetch opens connections
  std::size_t records = 64 * 1024;                   // queued, over all partitions, each with an equal share
  std::size_t bytes = 32 * 1024 * 1024;              // likewise; every partition may exceed its share by one record
};

}  // namespace tapewatch::ingest
