#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "config/toml/load.hpp"
#include "config/toml/reader.hpp"

namespace tapewatch::config {

/// A rule that stands outside of a configuration file. It may be used only if there is no error in either list.
struct RuleResult {
  alerts::RuleOptions rule;
  std::vector<ConfigError> errors;     // at the positions of the nodes, in their order
  std::vector<ConfigError> not_built;  // keys and values that a later version has
  std::vector<Reference> references;
};

/// Reads one table by the keys and the checks of `[[alerts.rule]]`. `name`: of the table in messages. Texts that stand
/// in a file or in the environment are refused: whoever sends a rule need not be able to read those. `calendars`: those
/// that it may name.
RuleResult read_rule(const Node& table, const std::string& name, std::span<const alerts::CalendarEntry> calendars);

/// Fills in the entries of the calendars that a rule names, and reports names that are not there and entries that could
/// never concern the rule. `place`: of the rule.
void join_calendars(Reader& reader, const Place& place, std::span<const alerts::CalendarEntry> calendars,
                    alerts::RuleOptions& rule);

/// Why a rule would watch nothing: it groups by topic, and the model has no topics. nullopt where it has.
std::optional<std::string> topic_problem(const alerts::RuleOptions& rule, bool model_has_topics);

/// What is wrong with a rule that asks for a gravity, beside a model that tells no risk events. Nothing for a rule with
/// the usual one: alerts::without_risk_events.
std::optional<std::string> gravity_problem(const alerts::RuleOptions& rule, bool model_tells_events);

}  // namespace tapewatch::config
