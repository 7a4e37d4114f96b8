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
  std::chrono::milliseconds every = std::chrono::minutes(10);  ///< wait after a round with nothing left to do
  std::chrono::milliseconds between{200};                      ///< wait between two batches of one round
  std::int64_t bite = 2'000;  ///< rows per transaction, so that documents are not delayed
};

/// Asks the writer, batch by batch, to delete expired rows; by the trusted clock, and not while that is in doubt. Io
/// thread.
class RetentionLoop {
 public:
  RetentionLoop(boost::asio::io_context& io, RetentionLoopOptions options, storage::StorageOptions storage,
                WriterQueue& writer, const EventClock& clock, std::shared_ptr<spdlog::logger> log);

  void start() { task_.start(); }
  /// `done` is called on the io thread once the current batch has ended.
  void stop(std::function<void()> done) { task_.stop(std::move(done)); }

 private:
  boost::asio::awaitable<std::chrono::milliseconds> bite();

  const RetentionLoopOptions options_;
  const storage::StorageOptions storage_;
  WriterQueue& writer_;
  const EventClock& clock_;
  const std::shared_ptr<spdlog::logger> log_;
  std::int64_t round_documents_ = 0;
  PeriodicTask task_;
};

}  // namespace tapewatch
