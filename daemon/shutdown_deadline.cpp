#include "daemon/shutdown_deadline.hpp"

#include <unistd.h>

namespace tapewatch {

ShutdownDeadline::ShutdownDeadline(std::chrono::milliseconds limit, std::shared_ptr<spdlog::logger> log,
                                   std::function<void()> end_process)
    : thread_([this, limit, log = std::move(log), end_process = std::move(end_process)] {
        MutexLock lock(mutex_);
        changed_.wait(lock, [&]() REQUIRES(mutex_) { return begun_ || over_; });
        if (changed_.wait_for(lock, limit, [&]() REQUIRES(mutex_) { return over_; })) return;
        log->critical("the shutdown did not end within {} ms; ending the process", limit.count());
        log->flush();
        end_process ? end_process() : _exit(1);
      }) {}

void ShutdownDeadline::begin() {
  {
    const MutexLock lock(mutex_);
    begun_ = true;
  }
  changed_.notify_all();
}

ShutdownDeadline::~ShutdownDeadline() {
  {
    const MutexLock lock(mutex_);
    over_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

}  // namespace tapewatch
