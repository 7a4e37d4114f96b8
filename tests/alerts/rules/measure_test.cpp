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

TEST_CASE("the other measures: a mean takes every score, a story may be negative enough, silence any story") {
  RuleOptions rule;
  Membership member;
  member.label = Label::negative;
  member.sentiment = -0.94;
  rule.measure = Measure::story;
  rule.min_negative = 0.95;
  CHECK_FALSE(vote_of(rule, member).counted);
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

namespace {

bool tells(const RuleOptions& rule, const Risk& risk, Label label = Label::neutral, double sentiment = 0.0) {
  Membership member;
  member.risk = risk;
  member.label = label;
  member.sentiment = sentiment;
  const Vote vote = vote_of(rule, member);
  CHECK(vote.risk.event == risk.event);
  CHECK(vote.risk.gravity == risk.gravity);
  CHECK(vote.value == sentiment);
  return vote.counted;
}

RuleOptions story_rule() {
  RuleOptions rule;
  rule.measure = Measure::story;
  return rule;
}

}  // namespace

TEST_CASE("gravities by their names, in ascending order") {
  for (const std::string_view name : kGravities) CHECK(to_string(parse_gravity(name).value()) == name);
  CHECK(to_string(Gravity::grave) == "grave");
  CHECK(Gravity::none < Gravity::minor);
  CHECK(Gravity::serious < Gravity::grave);
  CHECK_FALSE(parse_gravity("fatal"));
  CHECK_FALSE(parse_gravity(""));
}

TEST_CASE("a story of the usual rule is grave, whatever its label says") {
  RuleOptions rule = story_rule();
  set_usual_gravity(rule);
  CHECK(tells(rule, {"insolvency", Gravity::grave}, Label::positive, 0.4));
  CHECK(tells(rule, {"recall", Gravity::grave}, Label::abstained));
  CHECK_FALSE(tells(rule, {"insolvency", Gravity::serious}, Label::negative, -0.99));
  CHECK_FALSE(tells(rule, {}, Label::negative, -0.99));
}

TEST_CASE("min_gravity is the least gravity that counts") {
  RuleOptions rule = story_rule();
  rule.min_gravity = Gravity::serious;
  CHECK_FALSE(tells(rule, {"recall", Gravity::minor}));
  CHECK(tells(rule, {"recall", Gravity::serious}));
  CHECK(tells(rule, {"recall", Gravity::grave}));
  rule.min_gravity = Gravity::minor;
  CHECK(tells(rule, {"recall", Gravity::minor}));
  CHECK_FALSE(tells(rule, {}));
}

TEST_CASE("events count with any gravity, or with the one that is asked for") {
  RuleOptions rule = story_rule();
  rule.events = {"fraud", "recall"};
  CHECK(tells(rule, {"recall", Gravity::minor}));
  CHECK(tells(rule, {"fraud", Gravity::grave}));
  CHECK_FALSE(tells(rule, {"insolvency", Gravity::grave}));
  CHECK_FALSE(tells(rule, {"fraud", Gravity::none}));
  rule.min_gravity = Gravity::grave;
  CHECK(tells(rule, {"fraud", Gravity::grave}));
  CHECK_FALSE(tells(rule, {"fraud", Gravity::serious}));
  CHECK_FALSE(tells(rule, {"insolvency", Gravity::grave}));
}

TEST_CASE("every condition that is given must hold") {
  RuleOptions rule = story_rule();
  rule.min_gravity = Gravity::serious;
  rule.events = {"fraud"};
  rule.min_negative = 0.8;
  const Risk fraud{"fraud", Gravity::serious};
  CHECK(tells(rule, fraud, Label::negative, -0.8));
  CHECK_FALSE(tells(rule, fraud, Label::negative, -0.79));
  CHECK_FALSE(tells(rule, fraud, Label::abstained, -0.8));
  CHECK_FALSE(tells(rule, {"recall", Gravity::serious}, Label::negative, -0.9));
  CHECK_FALSE(tells(rule, {"fraud", Gravity::minor}, Label::negative, -0.9));
  rule.min_gravity.reset();
  CHECK(tells(rule, {"fraud", Gravity::minor}, Label::negative, -0.9));
  CHECK_FALSE(tells(rule, {"fraud", Gravity::minor}, Label::negative, -0.7));
  rule.events.clear();
  CHECK(tells(rule, {}, Label::negative, -0.9));  // by min_negative alone
}
