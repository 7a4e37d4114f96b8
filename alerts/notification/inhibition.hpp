#pragma once
#include <map>
#include <string>

#include "alerts/rules/rule_options.hpp"

namespace tapewatch::alerts {

using SeriesKey = std::map<std::string, std::string>;  ///< dimension -> id; empty: the whole selection

/// Whether a series of one rule is a part of a series of another one: the same measure, a key that says more (the whole
/// has fewer dimensions, and the same value in each of them), and nothing selected that the whole does not select. The
/// whole stream (`group_by = []`) contains its topics, a topic its companies.
bool is_part_of(const RuleOptions& rule, const SeriesKey& key, const RuleOptions& whole, const SeriesKey& whole_key);

}  // namespace tapewatch::alerts
