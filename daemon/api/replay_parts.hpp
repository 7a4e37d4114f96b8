#pragma once

#include <spdlog/logger.h>

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "alerts/detector/detector_options.hpp"
#include "alerts/rules/rule_options.hpp"
#include "daemon/api/reader_pool.hpp"
#include "daemon/pipeline/scoring/scorer_factory.hpp"

namespace tapewatch {

/// What routes need that replay stored history for a rule.
struct ReplayParts {
  ReaderPool& readers;                                      ///< must outlive the router
  std::function<std::vector<alerts::RuleOptions>()> rules;  ///< those in force
  ScorerFactory::PresentFinder finder;                      ///< the current watch list
  alerts::DetectorOptions detector{};                       ///< with the present model
  std::shared_ptr<spdlog::logger> log = nullptr;            ///< of what answers cost; null: nothing is logged
};

/// The one replay that may run for a route: another is refused meanwhile, so that query threads are left to the
/// readers.
class ReplayTurn {
 public:
  explicit ReplayTurn(std::atomic<bool>& running) : running_(running), taken_(!running.exchange(true)) {}
  ~ReplayTurn() {
    if (taken_) running_ = false;
  }
  ReplayTurn(const ReplayTurn&) = delete;
  ReplayTurn& operator=(const ReplayTurn&) = delete;
  bool taken() const { return taken_; }

 private:
  std::atomic<bool>& running_;
  const bool taken_;
};

}  // namespace tapewatch
