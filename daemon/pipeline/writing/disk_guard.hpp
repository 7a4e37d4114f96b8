#pragma once

#include <spdlog/logger.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace tapewatch {

struct DiskGuardOptions {
  std::uint64_t min_free = 0;                   ///< bytes; 0: never pauses (storage.min_free)
  std::chrono::milliseconds look_every{2'000};  ///< wall time between two measurements
};

/// Pauses ingestion when the disk fills up: below `min_free` records wait in their queues and sources hold back, while
/// delivery, queries and commands continue; with enough space they follow. Each change is logged once.
///
/// Only the writer's thread calls `look`; any thread calls `paused`. A disk that cannot be measured changes nothing.
class DiskGuard {
 public:
  /// `path`: the database, for messages. `free_bytes` may throw.
  DiskGuard(DiskGuardOptions options, std::string path, std::function<std::uint64_t()> free_bytes,
            std::shared_ptr<spdlog::logger> log);

  /// Measures, unless it did so within the last `look_every`.
  void look(std::chrono::steady_clock::time_point now);
  bool paused() const { return paused_.load(std::memory_order_relaxed); }

 private:
  const DiskGuardOptions options_;
  const std::string path_;
  const std::function<std::uint64_t()> free_bytes_;
  const std::shared_ptr<spdlog::logger> log_;
  std::chrono::steady_clock::time_point looked_{};
  bool unreadable_ = false;
  std::atomic<bool> paused_{false};
};

}  // namespace tapewatch
