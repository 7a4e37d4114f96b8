#pragma once

#include <spdlog/logger.h>

#include <chrono>
#include <functional>
#include <memory>
#include <thread>

#include "config/notation/mutex.hpp"

namespace tapewatch {

/// Ends the process when the shutdown hangs: what is committed is safe, what is not comes again. Its thread waits from
/// the construction to the destruction, for at most `limit`.
class ShutdownDeadline {
 public:
  /// `end_process`: what is called after `limit`, on a thread of its own; none: _exit(1).
  ShutdownDeadline(std::chrono::milliseconds limit, std::shared_ptr<spdlog::logger> log,
                   std::function<void()> end_process = nullptr);
  ~ShutdownDeadline();
  ShutdownDeadline(const ShutdownDeadline&) = delete;
  ShutdownDeadline& operator=(const ShutdownDeadline&) = delete;

 private:
  Mutex mutex_;
  Condition changed_;
  bool over_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace tapewatch
