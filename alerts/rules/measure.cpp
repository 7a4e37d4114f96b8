// Tested by tests/alerts/rules/measure_test.cpp
#include "alerts/rules/measure.hpp"

#include <algorithm>

namespace tapewatch::alerts {
namespace {

/// Whether each condition of a rule of the measure `story` holds.
bool meets_conditions(const RuleOptions& rule, const Membership& member) {
  const auto& events = rule.events;
  if (member.risk.gravity < least_gravity(rule)) return false;
  if (!events.empty() && std::find(events.begin(), events.end(), member.risk.event) == events.end()) return false;
  return !rule.min_negative || (member.label == Label::negative && member.sentiment <= -*rule.min_negative);
}

bool is_watched(const RuleOptions& rule, const Membership& member) {
  switch (rule.measure) {
    case Measure::negative_stories:
      return member.label == Label::negative;
    case Measure::story:
      return meets_conditions(rule, member);
    case Measure::mean_sentiment:
      return member.label != Label::abstained && member.label != Label::unscored;
    case Measure::no_data:
      return true;
  }
  return false;
}

}  // namespace

/// FNV-1a.
std::int64_t story_of(const Observation& row) {
  if (row.story_id != 0) return row.story_id;
  std::uint64_t hash = 14695981039346656037ull;
  const auto mix = [&](std::string_view text) {
    for (const unsigned char c : text) hash = (hash ^ c) * 1099511628211ull;
  };
  if (row.story_key.empty()) {
    mix(row.source);
    mix("\n");
    mix(row.document_id);
  } else {
    mix(row.story_key);
  }
  return static_cast<std::int64_t>(hash);
}

Vote vote_of(const RuleOptions& rule, const Membership& member) {
  return {is_watched(rule, member), member.sentiment, member.risk};
}

}  // namespace tapewatch::alerts
