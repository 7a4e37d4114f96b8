#pragma once

#include <cstdint>
#include <functional>
#include <map>

#include "config/notation/mutex.hpp"

namespace tapewatch {

/// Notifies subscribers of a commit, after which there may be new events to read. `notify` is called on the writer
/// thread; a subscriber must only post to its own executor. Subscribing and unsubscribing: any thread.
class CommitNotifier {
 public:
  using Callback = std::function<void()>;

  std::uint64_t subscribe(Callback callback) {
    const MutexLock lock(mutex_);
    callbacks_.emplace(++last_, std::move(callback));
    return last_;
  }
  void unsubscribe(std::uint64_t id) {
    const MutexLock lock(mutex_);
    callbacks_.erase(id);
  }
  void notify() {
    const MutexLock lock(mutex_);
    for (const auto& [id, callback] : callbacks_) callback();
  }

 private:
  Mutex mutex_;
  std::uint64_t last_ GUARDED_BY(mutex_) = 0;
  std::map<std::uint64_t, Callback> callbacks_ GUARDED_BY(mutex_);
};

}  // namespace tapewatch
