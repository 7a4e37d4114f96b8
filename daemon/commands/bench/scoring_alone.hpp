#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "daemon/pipeline/scoring/scheduler.hpp"
#include "model/package/model_package.hpp"

namespace tapewatch {

/// Scores the texts of BenchNews and does nothing else: what the pipeline's speed is compared with.
class ScoringAlone {
 public:
  /// `threads` 0: one per core.
  ScoringAlone(std::shared_ptr<const model::ModelPackage> model, unsigned threads,
               const std::vector<std::string>& headlines);
  ScoringAlone(const ScoringAlone&) = delete;
  ScoringAlone& operator=(const ScoringAlone&) = delete;

  /// Texts per second over about `time`, or until `stop`.
  double measure(std::chrono::steady_clock::duration time, const std::stop_token& stop = {});

 private:
  std::vector<std::string> titles_;
  std::vector<std::vector<model::Mentions>> mentions_;  // of each title, as the daemon's watch list finds them
  std::vector<model::TextInput> inputs_;
  Scheduler scheduler_;
};

}  // namespace tapewatch
