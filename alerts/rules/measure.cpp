// Tested by tests/alerts/rules/measure_test.cpp
#include "alerts/rules/measure.hpp"

namespace tapewatch::alerts {

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
  switch (rule.measure) {
    case Measure::negative_stories:
      return {member.label == Label::negative, member.sentiment};
    case Measure::story:
      return {member.label == Label::negative && member.sentiment <= -rule.min_negative, member.sentiment};
    case Measure::mean_sentiment:
      return {member.label != Label::abstained && member.label != Label::unscored, member.sentiment};
    case Measure::no_data:
      return {true, member.sentiment};
  }
  return {};
}

}  // namespace tapewatch::alerts
