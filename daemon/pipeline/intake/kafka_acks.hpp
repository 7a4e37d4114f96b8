#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "config/notation/mutex.hpp"
#include "daemon/pipeline/intake/positions.hpp"

namespace tapewatch {

/// The positions that the writer has committed for one Kafka source, on their way back to the poll thread. Any thread;
/// bounded by the number of partitions, since only the last position of each counts. Those of a cluster that the source
/// has left are dropped when it takes the next ones.
class KafkaAcks {
 public:
  struct Taken {
    ingest::PartitionOffsets positions;
    std::uint64_t documents = 0, dead_letters = 0;  ///< since the last take()
  };

  void add(const std::string& cluster, const ingest::PartitionOffset& next, bool document, bool dead_letter) {
    const MutexLock lock(mutex_);
    set_position(positions_[cluster], next);
    documents_ += document ? 1 : 0;
    dead_letters_ += dead_letter ? 1 : 0;
  }

  /// What was handed on to be committed, once for each, and that it was.
  void handed_on() {
    const MutexLock lock(mutex_);
    ++open_;
  }
  void committed() {
    {
      const MutexLock lock(mutex_);
      --open_;
    }
    fewer_.notify_all();
  }
  bool all_committed() const {
    const MutexLock lock(mutex_);
    return open_ == 0;
  }
  /// Waits until all but `kept` are committed; false: `patience` was over first.
  bool wait_committed(std::int64_t kept, std::chrono::milliseconds patience) {
    MutexLock lock(mutex_);
    return fewer_.wait_for(lock, patience, [&]() REQUIRES(mutex_) { return open_ <= kept; });
  }

  /// `cluster`: the one whose positions are wanted.
  Taken take(const std::string& cluster) {
    const MutexLock lock(mutex_);
    Taken taken;
    taken.positions = std::move(positions_[cluster]);
    positions_.clear();
    taken.documents = std::exchange(documents_, 0);
    taken.dead_letters = std::exchange(dead_letters_, 0);
    return taken;
  }

 private:
  mutable Mutex mutex_;
  Condition fewer_;
  std::map<std::string, ingest::PartitionOffsets> positions_ GUARDED_BY(mutex_);  // by cluster
  std::uint64_t documents_ GUARDED_BY(mutex_) = 0, dead_letters_ GUARDED_BY(mutex_) = 0;
  std::int64_t open_ GUARDED_BY(mutex_) = 0;
};

}  // namespace tapewatch
