#pragma once

#include <vector>

#include "alerts/detector/trend_detector.hpp"
#include "daemon/pipeline/backtest/alert_difference.hpp"
#include "daemon/pipeline/writing/applier.hpp"

namespace tapewatch {

/// Two rule sets over the same rows: the applier's, and those of an old configuration, which have a detector of their
/// own here. Documents are scored and stored once; both detectors see each row through the same mapping. One thread.
class RuleComparison {
 public:
  /// `options`: of the applier's detector. Throws std::runtime_error when a rule does not validate().
  RuleComparison(std::vector<alerts::RuleOptions> before, alerts::DetectorOptions options)
      : old_detector_(std::move(before), std::move(options)) {}

  /// What the applier made of a record that holds a document.
  void observe(const Scored& record, const Applied& applied);
  /// A tick at `at`, with the applier's number and transitions.
  void tick(std::int64_t seq, TimePoint at, const std::vector<alerts::Transition>& transitions);

  const std::vector<FiredAlert>& now() const { return now_.all(); }
  const std::vector<FiredAlert>& before() const { return before_.all(); }
  AlertDifference difference() const { return tapewatch::difference(now(), before()); }

 private:
  alerts::TrendDetector old_detector_;
  FiredAlerts now_, before_;
};

}  // namespace tapewatch
