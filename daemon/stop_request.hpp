#pragma once

#include <chrono>
#include <optional>

#include "config/notation/mutex.hpp"

namespace tapewatch {

/// A request to end the daemon: from a signal, a caller, or a part that cannot continue. Any thread.
class StopRequest {
 public:
  void ask(bool because_it_failed) {
    {
      const MutexLock lock(mutex_);
      wanted_ = true;
      failed_ = failed_ || because_it_failed;
    }
    changed_.notify_all();
  }

  /// Blocks until a stop is requested or `limit` is over.
  void wait(std::optional<std::chrono::milliseconds> limit) {
    MutexLock lock(mutex_);
    if (limit) {
      changed_.wait_for(lock, *limit, [&]() REQUIRES(mutex_) { return wanted_; });
    } else {
      changed_.wait(lock, [&]() REQUIRES(mutex_) { return wanted_; });
    }
  }

  bool failed() const {
    const MutexLock lock(mutex_);
    return failed_;
  }

 private:
  mutable Mutex mutex_;
  Condition changed_;
  bool wanted_ GUARDED_BY(mutex_) = false, failed_ GUARDED_BY(mutex_) = false;
};

}  // namespace tapewatch
