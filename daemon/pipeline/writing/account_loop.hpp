#pragma once

#include <spdlog/logger.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>

#include "daemon/pipeline/event_clock.hpp"
#include "daemon/pipeline/periodic_task.hpp"
#include "daemon/pipeline/writer_queue.hpp"
#include "daemon/pipeline/writing/weekly_account.hpp"

namespace tapewatch {

/// Has the writer tell the webhooks once a week what each rule promised and spent; by the trusted clock, and not while
/// that is in doubt. Io thread.
class AccountLoop {
 public:
  /// `options`: those in force, asked for each time. `every`: how often it looks whether an account is due.
  AccountLoop(boost::asio::io_context& io, std::function<AccountOptions()> options, WriterQueue& writer,
              const EventClock& clock, std::shared_ptr<spdlog::logger> log,
              std::chrono::milliseconds every = std::chrono::minutes{1});

  void start() { task_.start(); }
  /// `done` is called on the io thread once the current round has ended.
  void stop(std::function<void()> done) { task_.stop(std::move(done)); }

 private:
  boost::asio::awaitable<std::chrono::milliseconds> look();

  const std::function<AccountOptions()> options_;
  WriterQueue& writer_;
  const EventClock& clock_;
  const std::chrono::milliseconds every_;
  const std::shared_ptr<spdlog::logger> log_;
  TimePoint accounted_{};  // no account is due before the next one after it
  PeriodicTask task_;
};

}  // namespace tapewatch
