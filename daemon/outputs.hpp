#pragma once

#include <spdlog/logger.h>

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/notation/mutex.hpp"
#include "daemon/api/probes.hpp"
#include "daemon/observe/metrics.hpp"
#include "daemon/pipeline/output/output_loop.hpp"
#include "daemon/pipeline/writer_queue.hpp"
#include "daemon/pipeline/writing/commit_notifier.hpp"
#include "storage/connection/connection.hpp"

namespace tapewatch {

/// The configured outputs: a loop and a thread for each, woken at every commit.
class Outputs {
 public:
  struct Parts {
    const config::Config& config;  ///< of the start
    WriterQueue& writer;
    CommitNotifier& notifier;
    Metrics& metrics;
    std::shared_ptr<spdlog::logger> log;
  };
  explicit Outputs(const Parts& parts);

  void start();
  /// Each ends its transaction, or aborts it, within a second or two. Before the writer's queue is closed.
  void stop();
  /// The outputs of another configuration, of which those named `changed` are other ones; what it returns puts them in
  /// the place of the present ones, after the commit that made their positions. Any thread; the result on one of its
  /// own: it waits for those that end.
  std::function<void()> replacement(const config::Config& next, const std::vector<std::string>& changed);
  /// In the order of the configuration. Any thread.
  std::vector<OutputReport> reports() const;

 private:
  using Loops = std::vector<std::shared_ptr<OutputLoop>>;

  std::shared_ptr<OutputLoop> make(const ingest::KafkaOutputOptions& options, const storage::StorageOptions& storage);
  Loops loops() const;
  void replace(const Loops& next);
  void wake();

  const Parts parts_;
  std::uint64_t subscription_ = 0;
  mutable Mutex mutex_;
  Loops loops_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
};

/// Gives new outputs their positions, from now on, and forgets those of others. Inside the caller's transaction.
void configure_outputs(storage::Connection& connection, std::span<const ingest::KafkaOutputOptions> outputs);
/// The same in a transaction of its own: before the first record.
void put_outputs_in_force(storage::Connection& connection, std::span<const ingest::KafkaOutputOptions> outputs);

/// Which outputs publish nothing although events wait, by name and with the error: for a minute, or for good. Nothing
/// where none is configured.
std::vector<ProbeCheck> outputs_checks(std::span<const OutputReport> reports, TimePoint now);

}  // namespace tapewatch
