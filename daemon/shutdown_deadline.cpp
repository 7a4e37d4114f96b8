#include "daemon/shutdown_deadline.hpp"

#include <unistd.h>

namespace tapewatch {

ShutdownDeadline::ShutdownDeadline(std::chrono::milliseconds limit, std::shared_ptr<spdlog::logger> log,
                                   std::function<void()> end_process)
    : thread_([this, limit, log = std::move(log), end_process = std::move(end_process)] {
        MutexLock lock(mutex_);
        if (changed_.wait_for(lock, limit, [&]() REQUIRES(mutex_) { return over_; })) return;
        log->critical("the shutdown did not end within {} ms; ending the process", limit.count());
        log->flush();
        end_process ? end_process() : _exit(1);
      }) {}

ShutdownDeadline::~ShutdownDeadline() {
  {
    const MutexLock lock(mutex_);
    over_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

}  // namespace tapewatch
