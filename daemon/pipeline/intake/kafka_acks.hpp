#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "ingest/kafka/kafka_consumer.hpp"

namespace tapewatch {

/// What the writer has committed of one Kafka source, on its way back to the poll thread. Any thread; bounded by the
/// number of partitions, since of each only the last position counts.
class KafkaAcks {
 public:
  struct Taken {
    std::vector<ingest::PartitionOffset> positions;
    std::uint64_t documents = 0, dead_letters = 0;  ///< since the last take()
  };

  void add(const ingest::PartitionOffset& next, bool document, bool dead_letter) {
    std::lock_guard lock(mutex_);
    positions_[{next.topic, next.partition}] = next.offset;
    documents_ += document ? 1 : 0;
    dead_letters_ += dead_letter ? 1 : 0;
  }

  Taken take() {
    std::lock_guard lock(mutex_);
    Taken taken;
    for (const auto& [key, offset] : positions_) taken.positions.push_back({key.first, key.second, offset});
    positions_.clear();
    taken.documents = std::exchange(documents_, 0);
    taken.dead_letters = std::exchange(dead_letters_, 0);
    return taken;
  }

 private:
  std::mutex mutex_;
  std::map<std::pair<std::string, std::int32_t>, std::int64_t> positions_;
  std::uint64_t documents_ = 0, dead_letters_ = 0;
};

}  // namespace tapewatch
