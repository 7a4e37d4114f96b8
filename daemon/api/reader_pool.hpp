#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "config/notation/mutex.hpp"
#include "daemon/server/message.hpp"
#include "daemon/server/stream/event_log.hpp"
#include "storage/connection/connection.hpp"

namespace tapewatch {

/// Read-only connections for the query threads, which borrow one per request. Thread-safe. Must outlive its leases.
class ReaderPool {
 public:
  /// Opens nothing yet: a connection is opened when none is free, and at most `keep` are kept.
  ReaderPool(std::string path, storage::StorageOptions options, std::size_t keep);
  ~ReaderPool();

  using Deadline = std::chrono::steady_clock::time_point;
  /// Calls `use` with a connection whose queries end with StorageError::deadline at the deadline or after stop().
  void with(Deadline deadline, const std::function<void(storage::Connection&)>& use);

  /// A connection of the caller's own, for an answer whose parts are read from one state of the database. Throws
  /// StorageError.
  std::unique_ptr<storage::Connection> open() const;
  /// Calls `use` with it as with() does.
  void use_own(storage::Connection& own, Deadline deadline, const std::function<void(storage::Connection&)>& use) const;

  /// As with(), for an endpoint: what the database refuses becomes an answer (deadline, busy, full: 503), a cursor of
  /// another query (std::invalid_argument) 400.
  ApiResponse answer(const ApiRequest& request, const std::function<ApiResponse(storage::Connection&)>& use);

  /// Ends running and future queries. Any thread.
  void stop();

  const storage::StorageOptions& options() const { return options_; }

 private:
  void refuse_if_stopped() const;
  std::unique_ptr<storage::Connection> take();
  void give_back(std::unique_ptr<storage::Connection> connection);

  const std::string path_;
  const storage::StorageOptions options_;
  const std::size_t keep_;
  std::atomic<bool> stopped_{false};
  Mutex mutex_;
  std::vector<std::unique_ptr<storage::Connection>> free_ GUARDED_BY(mutex_);
};

/// The event table as read by the streams.
class DatabaseEventLog final : public EventLog {
 public:
  DatabaseEventLog(ReaderPool& readers, std::chrono::milliseconds deadline) : readers_(readers), deadline_(deadline) {}
  Range range() override;
  std::vector<StreamEvent> after(std::int64_t id, std::size_t limit) override;

 private:
  ReaderPool& readers_;
  const std::chrono::milliseconds deadline_;
};

}  // namespace tapewatch
