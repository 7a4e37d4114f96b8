#pragma once
// Tested by tests/config/schema/silence_test.cpp
#include <string>
#include <vector>

#include "alerts/rules/rule_options.hpp"

namespace tapewatch::alerts {

/// What its alerts can have: the rule's own, and those that an alert may be raised to.
inline std::vector<std::string> severities_of(const RuleOptions& rule) {
  std::vector<std::string> all = {rule.severity};
  if (!rule.escalated_severity.empty()) all.push_back(rule.escalated_severity);
  if (rule.escalate) all.push_back(rule.escalate->severity);
  return all;
}

}  // namespace tapewatch::alerts
