// Tested by tests/daemon/pipeline/periodic_task_test.cpp
#include "daemon/pipeline/writing/retention_loop.hpp"

#include <utility>

#include "daemon/pipeline/await_call.hpp"

namespace tapewatch {
namespace asio = boost::asio;

RetentionLoop::RetentionLoop(asio::io_context& io, RetentionLoopOptions options, storage::StorageOptions storage,
                             WriterQueue& writer, const EventClock& clock, std::shared_ptr<spdlog::logger> log)
    : options_(options),
      storage_(std::move(storage)),
      writer_(writer),
      clock_(clock),
      log_(log),
      task_(
          io, "retention", [this] { return bite(); }, options_.every, std::move(log)) {}

asio::awaitable<std::chrono::milliseconds> RetentionLoop::bite() {
  if (clock_.departure()) co_return options_.every;
  auto swept = std::make_shared<storage::Swept>();
  auto sweep = [swept, options = storage_, rows = options_.bite, now = clock_.now()](storage::Connection& connection,
                                                                                     TimePoint) {
    *swept = storage::Retention(connection, options).sweep(now, rows);
  };
  const bool committed = co_await await_command(writer_, sweep);
  if (committed) round_documents_ += swept->documents;
  if (committed && swept->more) co_return options_.between;
  if (round_documents_ > 0 && !task_.stopping()) {
    log_->info("retention: {} expired documents are deleted; their roll-ups stay", std::exchange(round_documents_, 0));
  }
  co_return options_.every;
}

}  // namespace tapewatch
