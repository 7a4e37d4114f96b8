#pragma once
// Tested by tests/daemon/reload/reloader_test.cpp

#include <memory>
#include <utility>

#include "config/config.hpp"
#include "config/notation/mutex.hpp"
#include "ingest/entity/entity_finder.hpp"

namespace tapewatch {

/// What a reload replaces, as it is now: readers take a snapshot for each request or batch, which stays as it is while
/// they hold it. Any thread.
class LiveConfig {
 public:
  struct Snapshot {
    std::shared_ptr<const config::Config> config;
    std::shared_ptr<const ingest::EntityFinder> finder;  ///< the watch list
  };

  explicit LiveConfig(Snapshot first) : present_(std::move(first)) {}

  Snapshot get() const {
    const MutexLock lock(mutex_);
    return present_;
  }
  std::shared_ptr<const config::Config> config() const { return get().config; }
  std::shared_ptr<const ingest::EntityFinder> finder() const { return get().finder; }
  void set(Snapshot next) {
    const MutexLock lock(mutex_);
    present_ = std::move(next);
  }

 private:
  mutable Mutex mutex_;
  Snapshot present_ GUARDED_BY(mutex_);
};

}  // namespace tapewatch
