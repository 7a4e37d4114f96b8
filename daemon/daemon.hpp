#pragma once

#include <spdlog/logger.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "daemon/pipeline/event_clock.hpp"
#include "daemon/pipeline/incoming.hpp"
#include "daemon/pipeline/writing/writer_loop.hpp"
#include "ingest/entity/entity_finder.hpp"
#include "model/package/model_package.hpp"

namespace tapewatch {

/// What the composer accepts besides its configuration. `run` passes what it has loaded for its checks.
struct DaemonParts {
  std::shared_ptr<const EventClock> clock;             ///< null: the system's, as far as it is to be trusted
  std::shared_ptr<const model::ModelPackage> model;    ///< null: the model of the configuration
  std::shared_ptr<const ingest::EntityFinder> finder;  ///< null: the watch list of the configuration
  CommitObserver observer;
  std::vector<std::string> extra_sources;  ///< each gets a slot: see Daemon::source_slot
};

/// The whole daemon: wired in one straight line by the constructor, started and stopped as a stack of named steps.
///
/// The constructor opens the database and the model and throws std::runtime_error (or StorageError, ModelError) with a
/// message for the operator; `start` binds the listeners and starts the threads; `wait` blocks until a signal, `stop`
/// or a fatal error; the destructor stops what is still running.
class Daemon {
 public:
  Daemon(config::Config config, std::shared_ptr<spdlog::logger> log, DaemonParts parts = {});
  ~Daemon();
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  void start();
  /// Blocks until a stop is requested or `limit` is over; then stops everything. Exit status: 0, or 1 after a fatal
  /// error or an unclean stop. One thread.
  int wait(std::optional<std::chrono::milliseconds> limit = std::nullopt);
  /// Requests a stop. Any thread, also a signal handler's thread; returns at once.
  void request_stop();

  DocumentQueue& documents();
  std::uint32_t source_slot(std::size_t extra_source) const;
  /// The first listener's port, after start(): tests and the demo listen on port 0.
  std::uint16_t port() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tapewatch
