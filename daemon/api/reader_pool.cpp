// Tested by tests/daemon/api/query_api_test.cpp
#include "daemon/api/reader_pool.hpp"

#include <stdexcept>

#include "daemon/server/problem.hpp"
#include "storage/alert/events.hpp"

namespace tapewatch {

ReaderPool::ReaderPool(std::string path, storage::StorageOptions options, std::size_t keep)
    : path_(std::move(path)), options_(std::move(options)), keep_(keep) {}
ReaderPool::~ReaderPool() = default;

std::unique_ptr<storage::Connection> ReaderPool::take() {
  {
    const MutexLock lock(mutex_);
    if (!free_.empty()) {
      auto connection = std::move(free_.back());
      free_.pop_back();
      return connection;
    }
  }
  return open();
}

std::unique_ptr<storage::Connection> ReaderPool::open() const {
  return std::make_unique<storage::Connection>(storage::Connection::open_reader(path_, options_));
}

void ReaderPool::give_back(std::unique_ptr<storage::Connection> connection) {
  const MutexLock lock(mutex_);
  if (free_.size() < keep_) free_.push_back(std::move(connection));
}

void ReaderPool::with(Deadline deadline, const std::function<void(storage::Connection&)>& use) {
  refuse_if_stopped();
  auto connection = take();
  // A connection that threw is not kept, since its state is unknown.
  use_own(*connection, deadline, use);
  give_back(std::move(connection));
}

void ReaderPool::use_own(storage::Connection& own, Deadline deadline,
                         const std::function<void(storage::Connection&)>& use) const {
  refuse_if_stopped();
  own.set_interrupt_check([this, deadline] { return stopped_ || std::chrono::steady_clock::now() >= deadline; });
  try {
    use(own);
  } catch (...) {
    own.set_interrupt_check(nullptr);
    throw;
  }
  own.set_interrupt_check(nullptr);
}

void ReaderPool::refuse_if_stopped() const {
  if (!stopped_) return;
  throw storage::StorageError(storage::StorageError::Kind::deadline, "no more queries: the daemon is stopping");
}

ApiResponse ReaderPool::answer(const ApiRequest& request, const std::function<ApiResponse(storage::Connection&)>& use) {
  using Kind = storage::StorageError::Kind;
  try {
    ApiResponse response;
    with(request.deadline, [&](storage::Connection& connection) { response = use(connection); });
    return response;
  } catch (const storage::StorageError& error) {
    if (stopped_) return problem(problems::kUnavailable, "the daemon is stopping", request.request_id);
    if (error.kind() == Kind::deadline) {
      return problem(problems::kDeadline, "the query took too long; ask for less", request.request_id);
    }
    if (error.kind() == Kind::memory) throw;  // reported by the server like every other lack of memory
    if (error.is_retryable()) return problem(problems::kUnavailable, error.what(), request.request_id);
    throw;
  } catch (const std::invalid_argument& error) {
    std::vector<FieldError> errors;
    errors.push_back({FieldError::In::parameter, "cursor", error.what()});
    return problem(problems::kInvalidParameter, error.what(), request.request_id, errors);
  }
}

void ReaderPool::stop() { stopped_ = true; }

EventLog::Range DatabaseEventLog::range() {
  Range range;
  readers_.with(std::chrono::steady_clock::now() + deadline_, [&](storage::Connection& connection) {
    const storage::EventReader events(connection);
    range.oldest = events.oldest();
    range.newest = events.newest();
  });
  return range;
}

std::vector<StreamEvent> DatabaseEventLog::after(std::int64_t id, std::size_t limit) {
  std::vector<StreamEvent> found;
  readers_.with(std::chrono::steady_clock::now() + deadline_, [&](storage::Connection& connection) {
    for (auto& row : storage::EventReader(connection).after(id, limit)) {
      found.push_back(StreamEvent{row.id, std::move(row.type), std::move(row.json)});
    }
  });
  return found;
}

}  // namespace tapewatch
