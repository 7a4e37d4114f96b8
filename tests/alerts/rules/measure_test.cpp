#include "alerts/rules/measure.hpp"

#include "tests/support/catch.hpp"

using namespace tapewatch::alerts;

TEST_CASE("negative_stories counts what the first document calls negative, and nothing that has no score") {
  RuleOptions rule;
  Membership member;
  member.sentiment = -0.4;
  for (const Label label : {Label::positive, Label::neutral, Label::negative, Label::abstained, Label::unscored}) {
    member.label = label;
    CHECK(vote_of(rule, member).counted == (label == Label::negative));
  }
  CHECK(vote_of(rule, member).value == -0.4);
}
