#pragma once
#include <map>
#include <string>
#include <vector>

#include "alerts/observation.hpp"
#include "alerts/rules/rule_options.hpp"

namespace tapewatch::alerts {

/// A series that a row belongs to, and the row's vote in it.
struct Membership {
  std::map<std::string, std::string> key;
  std::string display;            ///< for people: the entity's name, the topic's id in words
  Label label = Label::unscored;  ///< towards the entity in an entity series, else the document's
  double sentiment = 0.0;
  std::int64_t since = 0;  ///< the seq of the row with which the document came into the series
  Risk risk;               ///< of the entity in an entity series, else the document's
};

/// The series of a rule that a row votes in. An entity rule has one for each selected entity of the row; a topic rule
/// none for a row without a topic. Rows without a score (abstained, unscored) count too: they hold their story's vote.
std::vector<Membership> memberships(const RuleOptions&, const Observation&);

}  // namespace tapewatch::alerts
