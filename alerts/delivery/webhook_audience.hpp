#pragma once
// Tested by tests/daemon/pipeline/writing/weekly_account_test.cpp
#include <algorithm>
#include <string>
#include <vector>

#include "alerts/delivery/webhook_options.hpp"
#include "alerts/rules/severity_options.hpp"

namespace tapewatch::alerts {

/// Whether the webhook's `match` holds for alerts of the rule, at one of the severities that they can have.
inline bool matches_rule(const WebhookOptions& webhook, const RuleOptions& rule) {
  const std::vector<std::string> severities = severities_of(rule);
  return std::all_of(webhook.match.begin(), webhook.match.end(), [&](const auto& entry) {
    const auto& [name, accepted] = entry;
    const auto is_accepted = [&list = accepted](const std::string& value) {
      return std::find(list.begin(), list.end(), value) != list.end();
    };
    if (name == "severity") return std::any_of(severities.begin(), severities.end(), is_accepted);
    if (name == "rule") return is_accepted(rule.name);
    const auto label = rule.labels.find(name);
    return label != rule.labels.end() && is_accepted(label->second);
  });
}

}  // namespace tapewatch::alerts
