#pragma once
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

namespace tapewatch {

/// Threads that run what is posted to `executor()`. Unlike boost::asio::thread_pool (1.81) it does not hang if only
/// some of its threads can be started, and an exception from a task does not end the process.
class WorkerPool {
 public:
  using OnFailure = std::function<void(const std::exception& error)>;

  /// Starts `count` threads, at least one. Throws std::system_error if the system has none. `on_failure` (any of the
  /// threads) receives an exception from a task.
  WorkerPool(std::size_t count, OnFailure on_failure);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  boost::asio::io_context::executor_type executor() { return io_.get_executor(); }
  /// Runs all posted tasks to their end, and ends the threads.
  void join();

 private:
  void work();

  boost::asio::io_context io_;
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> more_{io_.get_executor()};
  const OnFailure on_failure_;
  std::vector<std::thread> threads_;
};

}  // namespace tapewatch
