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
  bool counted = false;                  ///< it runs and knows the next two
  std::int64_t documents = 0, left = 0;  ///< of it: found unscored, and yet to be scored
  std::string failure;                   ///< why it ended early; empty: it did not
};

/// Scores stored history while the daemon runs, on a thread of its own, when somebody asks for it. One at a time. What
/// is asked for stays in the database until it is done (asked_rescoring), so that the next start goes on with it.
class RescoringTask {
 public:
  RescoringTask(HistoryRescoringOptions options, HistoryRescoringParts parts, std::shared_ptr<spdlog::logger> log)
      : log_(std::move(log)), history_(std::move(options), std::move(parts)) {}
  ~RescoringTask() { stop(); }
  RescoringTask(const RescoringTask&) = delete;
  RescoringTask& operator=(const RescoringTask&) = delete;

  /// Takes the place of the one that runs, for begin() or release(); false: one has it. Any thread, as the next ones.
  bool reserve(const storage::RescoringQuery& query);
  /// Begins with what was reserved; the caller has kept it in the database.
  void begin();
  /// It does not begin after all.
  void release();
  /// Ends the one that runs, if any; the caller has seen to it that no later start goes on with it.
  void cancel() { history_.cancel(); }
  /// Begins with what was asked for in an earlier run, if anything, by the present `model`. `mentions`: the companies
  /// whatever was asked for.
  void go_on(storage::Connection& connection, const std::string& model, bool mentions);
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
  RescoringState last_ GUARDED_BY(mutex_);  // before the one that is reserved
  std::thread thread_ GUARDED_BY(mutex_);
};

}  // namespace tapewatch
