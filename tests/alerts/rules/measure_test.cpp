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

TEST_CASE("the other measures: a mean takes every score, a grave story is negative beyond doubt, silence any story") {
  RuleOptions rule;
  Membership member;
  member.label = Label::negative;
  member.sentiment = -0.94;
  rule.measure = Measure::story;
  CHECK_FALSE(vote_of(rule, member).counted);  // 0.95 unless the rule says otherwise
  rule.min_negative = 0.9;
  CHECK(vote_of(rule, member).counted);
  member.label = Label::abstained;
  CHECK_FALSE(vote_of(rule, member).counted);
  rule.measure = Measure::mean_sentiment;
  CHECK_FALSE(vote_of(rule, member).counted);
  member.label = Label::positive;
  CHECK(vote_of(rule, member).counted);
  rule.measure = Measure::no_data;
  member.label = Label::unscored;
  CHECK(vote_of(rule, member).counted);
}
