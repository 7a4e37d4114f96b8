#pragma once

#include <cstdint>
#include <utility>

#include "config/notation/mutex.hpp"
#include "daemon/pipeline/intake/positions.hpp"

namespace tapewatch {

/// The positions that the writer has committed for one Kafka source, on their way back to the poll thread. Any thread;
/// bounded by the number of partitions, since only the last position of each counts.
class KafkaAcks {
 public:
  struct Taken {
    ingest::PartitionOffsets positions;
    std::uint64_t documents = 0, dead_letters = 0;  ///< since the last take()
  };

  void add(const ingest::PartitionOffset& next, bool document, bool dead_letter) {
    const MutexLock lock(mutex_);
    set_position(positions_, next);
    documents_ += document ? 1 : 0;
    dead_letters_ += dead_letter ? 1 : 0;
  }

  Taken take() {
    const MutexLock lock(mutex_);
    Taken taken;
    taken.positions = std::exchange(positions_, {});
    taken.documents = std::exchange(documents_, 0);
    taken.dead_letters = std::exchange(dead_letters_, 0);
    return taken;
  }

 private:
  Mutex mutex_;
  ingest::PartitionOffsets positions_ GUARDED_BY(mutex_);
  std::uint64_t documents_ GUARDED_BY(mutex_) = 0, dead_letters_ GUARDED_BY(mutex_) = 0;
};

}  // namespace tapewatch
