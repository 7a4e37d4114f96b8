#pragma once

#include <spdlog/logger.h>

#include <chrono>
#include <functional>
#include <memory>
#include <thread>

#include "config/notation/mutex.hpp"

namespace tapewatch {

/// Ends the process when the shutdown hangs: committed data is safe, the rest is read again. Its thread exists from
/// construction on, because a process that is out of memory can stop but cannot start a thread.
class ShutdownDeadline {
 public:
  /// `end_process`: called `limit` after begin(), on its own thread; empty: _exit(1).
  ShutdownDeadline(std::chrono::milliseconds limit, std::shared_ptr<spdlog::logger> log,
                   std::function<void()> end_process = nullptr);
  ~ShutdownDeadline();
  ShutdownDeadline(const ShutdownDeadline&) = delete;
  ShutdownDeadline& operator=(const ShutdownDeadline&) = delete;

  /// The shutdown begins: it has `limit` from now on to reach the destructor. Any thread.
  void begin();

 private:
  Mutex mutex_;
  Condition changed_;
  bool begun_ GUARDED_BY(mutex_) = false, over_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace tapewatch
