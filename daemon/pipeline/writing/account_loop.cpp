// Tested by tests/daemon/pipeline/writing/weekly_account_test.cpp
#include "daemon/pipeline/writing/account_loop.hpp"

#include <utility>

#include "config/notation/rfc3339.hpp"
#include "daemon/pipeline/await_call.hpp"

namespace tapewatch {
namespace asio = boost::asio;

AccountLoop::AccountLoop(asio::io_context& io, std::function<AccountOptions()> options, WriterQueue& writer,
                         const EventClock& clock, std::shared_ptr<spdlog::logger> log, std::chrono::milliseconds every)
    : options_(std::move(options)),
      writer_(writer),
      clock_(clock),
      every_(every),
      log_(log),
      task_(
          io, "the weekly account", [this] { return look(); }, every, std::move(log)) {}

asio::awaitable<std::chrono::milliseconds> AccountLoop::look() {
  const TimePoint now = clock_.now();
  if (clock_.departure() || account_due(now) <= accounted_) co_return every_;
  auto written = std::make_shared<std::optional<std::size_t>>();
  auto write = [written, options = options_(), now](storage::Connection& connection, TimePoint) {
    *written = write_account(connection, options, now);
  };
  const bool committed = co_await await_command(writer_, write);
  if (!committed) co_return every_;
  accounted_ = account_due(now);
  if (*written) {
    log_->info("the account of the week to {} goes to {} webhooks", notation::format_rfc3339(accounted_), **written);
  }
  co_return every_;
}

}  // namespace tapewatch
