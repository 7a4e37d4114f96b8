#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <optional>
#include <thread>

namespace tapewatch {

/// The io_context of the daemon and the one thread that runs it. Objects that use the context are created before
/// start() and destroyed after stop().
class IoThread {
 public:
  IoThread() : work_(boost::asio::make_work_guard(context_)) {}
  ~IoThread() { stop(); }
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  boost::asio::io_context& context() { return context_; }

  /// `on_exception` gets an exception that left a handler, on the thread, which continues. Throws std::system_error.
  void start(std::function<void(const std::exception& failure)> on_exception);
  /// Runs `begin` on the thread and waits until it calls `done`. Another thread, between start() and stop().
  void run_and_wait(const std::function<void(std::function<void()> done)>& begin);
  /// Pending handlers do not run. Idempotent.
  void stop();

 private:
  boost::asio::io_context context_{1};
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> work_;
  std::thread thread_;
};

}  // namespace tapewatch
