#pragma once

#include <spdlog/logger.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "alerts/delivery/heartbeat_options.hpp"
#include "daemon/pipeline/periodic_task.hpp"
#include "daemon/pipeline/writer_queue.hpp"

namespace tapewatch {

/// Writes heartbeats into the outbox when they are due: through the writer, so that one that arrives says that commits
/// succeed. When the last one was written stands in the database: a restart sends none early and none twice. One that
/// could not be delivered before the next is due is not sent any more. What /readyz would complain of stands in it.
///
/// By the wall clock: heartbeats are for people and machines outside. Io thread.
class HeartbeatLoop {
 public:
  /// Of the configuration in force. Io thread.
  struct Settings {
    std::vector<alerts::HeartbeatOptions> heartbeats;
    std::string config_version;
  };
  using InForce = std::function<Settings()>;
  /// What is wrong at the moment, a text each. Io thread.
  using Troubles = std::function<std::vector<std::string>()>;

  HeartbeatLoop(boost::asio::io_context& io, InForce in_force, WriterQueue& writer, Troubles troubles,
                std::shared_ptr<spdlog::logger> log);

  void start() { task_.start(); }
  /// `done` is called on the io thread once the current round has ended.
  void stop(std::function<void()> done) { task_.stop(std::move(done)); }

 private:
  boost::asio::awaitable<std::chrono::milliseconds> round();

  const InForce in_force_;
  WriterQueue& writer_;
  const Troubles troubles_;
  PeriodicTask task_;
};

}  // namespace tapewatch
