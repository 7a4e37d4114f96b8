#pragma once

#include <map>
#include <string>
#include <vector>

#include "alerts/rules/rule_options.hpp"

namespace tapewatch {

/// What each rule selects and how it judges, as a digest, by its name. Whom an alert is told, and how grave it is
/// called, is not part of it.
using RulePrints = std::map<std::string, std::string>;
RulePrints rule_prints(const std::vector<alerts::RuleOptions>& rules);

/// "added: a; changed: b, c; removed: d", or "" where the rules judge as before.
std::string rule_change(const RulePrints& before, const RulePrints& after);

}  // namespace tapewatch
