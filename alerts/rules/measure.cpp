// Tested by tests/alerts/rules/measure_test.cpp
#include "alerts/rules/measure.hpp"

namespace tapewatch::alerts {

Vote vote_of(const RuleOptions& rule, const Membership& member) {
  switch (rule.measure) {
    case Measure::negative_stories:
      return {member.label == Label::negative, member.sentiment};
  }
  return {};
}

}  // namespace tapewatch::alerts
