#pragma once

#include <spdlog/logger.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>

#include "daemon/pipeline/periodic_task.hpp"
#include "daemon/pipeline/writer_queue.hpp"
#include "storage/maintain/retention.hpp"

namespace tapewatch {

struct RetentionLoopOptions {
  std::chrono::milliseconds every = std::chrono::minutes(10);  ///< between two rounds with nothing left to do
  std::chrono::milliseconds between{200};                      ///< between two bites of one round
  std::int64_t bite = 2'000;  ///< rows a transaction, so that documents are not held up
};

/// Asks the writer, bite by bite, to delete what is past its time. Io thread.
class RetentionLoop {
 public:
  RetentionLoop(boost::asio::io_context& io, RetentionLoopOptions options, storage::StorageOptions storage,
                WriterQueue& writer, std::shared_ptr<spdlog::logger> log);

  void start() { task_.start(); }
  /// `done` is called on the io thread once the present bite has ended.
  void stop(std::function<void()> done) { task_.stop(std::move(done)); }

 private:
  boost::asio::awaitable<std::chrono::milliseconds> bite();

  const RetentionLoopOptions options_;
  const storage::StorageOptions storage_;
  WriterQueue& writer_;
  const std::shared_ptr<spdlog::logger> log_;
  std::int64_t round_documents_ = 0;
  PeriodicTask task_;
};

}  // namespace tapewatch
