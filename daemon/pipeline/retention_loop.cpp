#include "daemon/pipeline/retention_loop.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <utility>

#include "daemon/pipeline/await_call.hpp"

namespace tapewatch {
namespace asio = boost::asio;

RetentionLoop::RetentionLoop(asio::io_context& io, RetentionLoopOptions options, storage::StorageOptions storage,
                             WriterQueue& writer, std::shared_ptr<spdlog::logger> log)
    : io_(io), options_(options), storage_(std::move(storage)), writer_(writer), log_(std::move(log)), timer_(io) {}

void RetentionLoop::start() {
  running_ = true;
  asio::co_spawn(io_, run(), [this](std::exception_ptr) {
    running_ = false;
    if (on_ended_) std::exchange(on_ended_, nullptr)();
  });
}

void RetentionLoop::stop(std::function<void()> done) {
  stopping_ = true;
  timer_.cancel();
  if (!running_) {
    done();
    return;
  }
  on_ended_ = std::move(done);
}

asio::awaitable<void> RetentionLoop::run() {
  while (!stopping_) {
    const bool more = co_await bite();
    if (stopping_) co_return;
    if (!more && round_documents_ > 0) {
      log_->info("retention: {} documents are past their time and gone; their roll-ups stay", round_documents_);
      round_documents_ = 0;
    }
    timer_.expires_after(more ? options_.between : options_.every);
    boost::system::error_code cancelled;
    co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
}

asio::awaitable<bool> RetentionLoop::bite() {
  auto swept = std::make_shared<storage::Swept>();
  auto sweep = [swept, options = storage_, rows = options_.bite](storage::Connection& connection, TimePoint now) {
    *swept = storage::Retention(connection, options).sweep(now, rows);
  };
  const bool committed = co_await await_command(writer_, sweep);
  if (committed) round_documents_ += swept->documents;
  co_return committed && swept->more;
}

}  // namespace tapewatch
