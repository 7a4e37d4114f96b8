#pragma once

#include <spdlog/logger.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "daemon/observe/outage.hpp"

namespace tapewatch {

/// Work repeated for as long as the daemon runs. A round that throws is logged and repeated, so that the work is still
/// done months later; a continuing failure is logged as `Outage` says. Io thread.
class PeriodicTask {
 public:
  /// One round; returns how long to wait before the next.
  using Round = std::function<boost::asio::awaitable<std::chrono::milliseconds>()>;

  /// `name` is what the log calls it; `after_failure` how long to wait after a round that threw.
  PeriodicTask(boost::asio::io_context& io, std::string name, Round round, std::chrono::milliseconds after_failure,
               std::shared_ptr<spdlog::logger> log);

  void start();
  /// Starts no further round; `done` is called on the io thread once the current one has ended.
  void stop(std::function<void()> done);
  bool stopping() const { return stopping_; }

 private:
  boost::asio::awaitable<void> run();
  boost::asio::awaitable<std::chrono::milliseconds> guarded_round();
  void failed(const std::string& why);

  boost::asio::io_context& io_;
  const std::string name_;
  const Round round_;
  const std::chrono::milliseconds after_failure_;
  const std::shared_ptr<spdlog::logger> log_;
  boost::asio::steady_timer timer_;
  Outage outage_;
  bool running_ = false, stopping_ = false;
  std::function<void()> on_ended_;
};

}  // namespace tapewatch
