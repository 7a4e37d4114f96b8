#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <optional>
#include <thread>

namespace tapewatch {

/// The io_context of the daemon and the one thread that runs it. What lives on the context is made before start() and
/// destroyed after stop().
class IoThread {
 public:
  IoThread() : work_(boost::asio::make_work_guard(context_)) {}
  ~IoThread() { stop(); }
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  boost::asio::io_context& context() { return context_; }

  /// `on_exception` is called on the thread with what left a handler, and then it goes on. Throws std::system_error.
  void start(std::function<void(const std::exception& failure)> on_exception);
  /// Runs `begin` on the thread and waits until it calls `done`. Another thread, between start() and stop().
  void run_and_wait(const std::function<void(std::function<void()> done)>& begin);
  /// Leaves what is still to run where it is. Idempotent.
  void stop();

 private:
  boost::asio::io_context context_{1};
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> work_;
  std::thread thread_;
};

}  // namespace tapewatch
