#pragma once

#include <spdlog/logger.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "daemon/observe/metrics.hpp"
#include "daemon/pipeline/rescoring/history_rescoring.hpp"
#include "daemon/pipeline/writing/detector_rebuild.hpp"

namespace tapewatch {

struct RefitOptions {
  HistoryRescoringOptions rescoring;
  alerts::DetectorOptions detector;              ///< with the version of the model that scores the records
  std::size_t page = 1'000;                      ///< rows of history in memory at a time
  std::int64_t few_rows = 2'000;                 ///< which the writer's thread may read while records wait
  std::chrono::milliseconds retry{10'000};       ///< after a failure
  std::chrono::milliseconds tell_every{30'000};  ///< progress in the log
};

/// References outlive the BaselineRefit.
struct RefitParts {
  Applier& applier;  ///< used on the writer's thread only, once start() has returned
  HistoryRescoringParts rescoring;
  Metrics& metrics;
  std::shared_ptr<spdlog::logger> log;
  /// The present rules, and the tags of the watch list. Any thread.
  std::function<std::pair<std::vector<alerts::RuleOptions>, EntityTags>()> rules;
};

/// After a change of the model: lets the rules learn from the new model's scores before they go by them.
///
/// The rules go on with what they have learned from the old one. Meanwhile a thread of its own scores the history that
/// they need with the new model, a few documents at a time behind the news, and hands the scores to the writer as
/// commands. Then the rules' detector is built from that history, and takes over at a commit boundary, as
/// after a reload: open alerts go on under their ids. What is scored is stored: after a restart it goes on there.
class BaselineRefit {
 public:
  BaselineRefit(RefitOptions options, RefitParts parts);
  ~BaselineRefit();
  BaselineRefit(const BaselineRefit&) = delete;
  BaselineRefit& operator=(const BaselineRefit&) = delete;

  /// Before the writer's thread starts. Does nothing where the rules have learned from the present model.
  void start();
  /// The work ends soon, to be continued after the next start. Idempotent.
  void stop();
  /// One sentence on how far it is; nothing once the rules go by the present model. Any thread.
  std::optional<std::string> progress() const;

 private:
  void work();
  void rescore_history();
  std::shared_ptr<DetectorRebuild> learn();
  bool take_over(const std::shared_ptr<DetectorRebuild>& rebuild);
  void note(std::int64_t left, std::int64_t all);

  const RefitOptions options_;
  const RefitParts parts_;
  std::string learned_;  // version of the model that the rules have learned from
  HistoryRescoring history_;
  std::atomic<bool> active_{false}, learning_{false};
  std::atomic<std::int64_t> left_{0}, all_{0};
  std::chrono::steady_clock::time_point told_{};
  std::thread thread_;
};

}  // namespace tapewatch
