#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "alerts/detector/trend_detector.hpp"
#include "daemon/pipeline/backtest/fired_alerts.hpp"
#include "storage/alert/verdicts.hpp"

namespace tapewatch {

/// What advice tries in place of a rule's own.
struct TriedSetting {
  alerts::FalseAlarmBudget budget;
  std::size_t min_stories = 0;
  bool present = false;  ///< the rule's own
};

/// The grid: budgets from a tenth to ten times the rule's, min_stories from 2 to 20, where the measure has them; the
/// rule's own setting comes first. Empty for the measure `story`, which has neither.
std::vector<TriedSetting> tried_settings(const alerts::RuleOptions& rule);

/// What became of the judged alerts under a setting.
struct TriedResult {
  TriedSetting setting;
  std::size_t alerts = 0;       ///< that it fires
  std::size_t useful_kept = 0;  ///< judged alerts that come again: see AlertDifference
  std::size_t noise_kept = 0;
  std::vector<std::string> lost;  ///< ids of the alerts, whatever the verdict, that do not
  std::size_t gained = 0;         ///< that it fires and that share no moment with one of those
};

/// Several settings of one rule over the same rows, a detector each. One thread.
class SettingsTrial {
 public:
  /// `settings` outlive the trial. Throws std::runtime_error when the rule does not validate().
  SettingsTrial(const alerts::RuleOptions& rule, std::span<const TriedSetting> settings,
                const alerts::DetectorOptions& options);

  /// To be shown the rows; what it tells goes to take().
  alerts::TrendDetector& detector() { return detector_; }
  void take(const std::vector<alerts::Transition>& told);

  /// What a setting fired, by its place.
  const std::vector<FiredAlert>& fired(std::size_t setting) const { return fired_.at(setting).all(); }
  /// Series that each setting's detector knows now.
  std::size_t series() const;
  /// Of the alerts that are open from `from` on or begin later, in the order of the settings.
  std::vector<TriedResult> results(std::span<const storage::JudgedAlert> judged, storage::TimePoint from) const;

 private:
  std::span<const TriedSetting> settings_;
  alerts::TrendDetector detector_;  // a rule for each setting, named after its place
  std::vector<FiredAlerts> fired_;
};

}  // namespace tapewatch
