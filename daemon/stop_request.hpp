#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>

namespace tapewatch {

/// That somebody wants the daemon to end: a signal, a caller, or a part that cannot go on. Any thread.
class StopRequest {
 public:
  void ask(bool because_it_failed) {
    {
      std::lock_guard lock(mutex_);
      wanted_ = true;
      failed_ = failed_ || because_it_failed;
    }
    changed_.notify_all();
  }

  /// Blocks until somebody asks or `limit` is over.
  void wait(std::optional<std::chrono::milliseconds> limit) {
    std::unique_lock lock(mutex_);
    if (limit) {
      changed_.wait_for(lock, *limit, [&] { return wanted_; });
    } else {
      changed_.wait(lock, [&] { return wanted_; });
    }
  }

  [[nodiscard]] bool failed() const {
    std::lock_guard lock(mutex_);
    return failed_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool wanted_ = false, failed_ = false;
};

}  // namespace tapewatch
