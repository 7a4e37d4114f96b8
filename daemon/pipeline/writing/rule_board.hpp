#pragma once

#include <utility>
#include <vector>

#include "alerts/detector/trend_detector.hpp"
#include "config/notation/mutex.hpp"

namespace tapewatch {

/// How far the rules have learned, as of the last commit: written by the writer, read by /v1/rules, /metrics and the
/// log. Any thread.
class RuleBoard {
 public:
  void set(std::vector<alerts::RuleWarmth> rules) {
    const MutexLock lock(mutex_);
    rules_ = std::move(rules);
  }
  std::vector<alerts::RuleWarmth> get() const {
    const MutexLock lock(mutex_);
    return rules_;
  }

 private:
  mutable Mutex mutex_;
  std::vector<alerts::RuleWarmth> rules_ GUARDED_BY(mutex_);
};

}  // namespace tapewatch
