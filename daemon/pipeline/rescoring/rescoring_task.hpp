#pragma once

#include <spdlog/logger.h>

#include <memory>
#include <string>
#include <thread>

#include "config/notation/mutex.hpp"
#include "daemon/pipeline/rescoring/history_rescoring.hpp"

namespace tapewatch {

/// How far a rescoring is that somebody has asked for.
struct RescoringState {
  bool running = false;
  storage::RescoringQuery query;         ///< the last one
  std::int64_t documents = 0, left = 0;  ///< of it: found unscored, and yet to be scored
  std::string failure;                   ///< why it ended early; empty: it did not
};

/// Scores stored history while the daemon runs, on a thread of its own, when somebody asks for it. One at a time. A
/// daemon that stops leaves the rest to whoever asks again.
class RescoringTask {
 public:
  RescoringTask(HistoryRescoringOptions options, HistoryRescoringParts parts, std::shared_ptr<spdlog::logger> log)
      : log_(std::move(log)), history_(std::move(options), std::move(parts)) {}
  ~RescoringTask() { stop(); }
  RescoringTask(const RescoringTask&) = delete;
  RescoringTask& operator=(const RescoringTask&) = delete;

  /// False: one is running. Any thread.
  bool start(const storage::RescoringQuery& query);
  /// Any thread.
  RescoringState state() const;
  /// Idempotent.
  void stop();

 private:
  void run(const storage::RescoringQuery& query);
  void note(std::int64_t left, std::int64_t all);

  const std::shared_ptr<spdlog::logger> log_;
  HistoryRescoring history_;
  mutable Mutex mutex_;
  RescoringState state_ GUARDED_BY(mutex_);
  bool stopped_ GUARDED_BY(mutex_) = false;
  std::thread thread_ GUARDED_BY(mutex_);
};

}  // namespace tapewatch
