#include "daemon/server/worker_pool.hpp"

#include <algorithm>
#include <stdexcept>

namespace tapewatch {

WorkerPool::WorkerPool(std::size_t count, OnFailure on_failure) : on_failure_(std::move(on_failure)) {
  count = std::max<std::size_t>(count, 1);
  threads_.reserve(count);
  try {
    while (threads_.size() < count) threads_.emplace_back([this] { work(); });
  } catch (...) {
    join();
    throw;
  }
}

WorkerPool::~WorkerPool() {
  io_.stop();
  join();
}

void WorkerPool::join() {
  more_.reset();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void WorkerPool::work() {
  while (true) {
    try {
      io_.run();
      return;
    } catch (const std::exception& error) {
      on_failure_(error);
    } catch (...) {
      on_failure_(std::runtime_error("unknown exception"));
    }
  }
}

}  // namespace tapewatch
