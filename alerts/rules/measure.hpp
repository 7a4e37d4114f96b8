#pragma once
#include "alerts/rules/selection.hpp"

namespace tapewatch::alerts {

/// What a story says to a rule, by its first document in the series. Nothing behind the measure knows of labels.
struct Vote {
  bool counted = false;  ///< one of the stories that the rule watches
  double value = 0.0;    ///< the sentiment, in [-1, 1]
  Risk risk;             ///< what the document tells of, to be shown
};

/// The number of a row's story: storage's, or for rows that come without it (replayed series, tests) one of its text.
std::int64_t story_of(const Observation&);

/// The vote of a row in one of its rule's series.
Vote vote_of(const RuleOptions&, const Membership&);

}  // namespace tapewatch::alerts
