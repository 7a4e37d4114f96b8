// The measure `story` by what a story tells of: its risk event, and how grave that is.
#include "alerts/detector/blob.hpp"
#include "alerts/detector/rule_watch.hpp"
#include "tests/alerts/detector/news_stream.hpp"
#include "tests/alerts/detector/state_support.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch::alerts;
using namespace tapewatch::alerts::test;

namespace {

RuleOptions risk_rule(std::vector<std::string> group_by = {"entity"}) {
  RuleOptions rule;
  rule.name = "breaking";
  rule.measure = Measure::story;
  rule.group_by = std::move(group_by);
  set_usual_gravity(rule);
  return rule;
}

/// A story of two companies, of which one is in danger and the other has something to do with it.
Observation collapse(TimePoint at, std::int64_t story = 1) {
  Observation row = news(at, "acme", "neutral", story);
  row.seq = story;
  row.entities.push_back({"zeta", "Zeta", Label::neutral, 0.0, {}});
  row.entities[0].risk = {"insolvency", Gravity::grave};
  row.entities[1].risk = {"default", Gravity::minor};
  row.risk = {"insolvency", Gravity::serious};
  return row;
}

const TopStory& story_of_alert(const Transition& told) { return told.evidence.top_stories.at(0); }

/// How a rule judges, as its state keeps it.
std::string definition_of(const RuleOptions& rule) { return RuleWatch(rule, {}).definition(); }

}  // namespace

TEST_CASE("a story fires for the company that it is grave for, and says of what it tells") {
  TrendDetector detector({risk_rule()});
  const auto fired = detector.observe(collapse(kMonday));
  REQUIRE(fired.size() == 1);
  CHECK(fired[0].key.at("entity") == "acme");
  CHECK(fired[0].summary == "The acme Company: \"acme headline 1\" (insolvency, grave)");
  CHECK(story_of_alert(fired[0]).event == "insolvency");
  CHECK(story_of_alert(fired[0]).gravity == Gravity::grave);
  CHECK(evidence_json(fired[0].evidence).find(R"("documents":1,"event":"insolvency","gravity":"grave"}])") !=
        std::string::npos);

  Observation correction = collapse(kMonday + 5min);
  correction.turned = true;
  correction.entities[0].risk = {};
  const auto told = detector.observe(correction);
  REQUIRE(told.size() == 1);
  CHECK(told[0].summary ==
        "The acme Company: \"acme headline 1\" (insolvency, grave) in 2 documents so far; a correction says the "
        "opposite");
  const auto ended = detector.tick(0, kMonday + 2h);
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].summary.starts_with("The acme Company: no more news of \"acme headline 1\" after 2 documents in "));
}

TEST_CASE("a series without an entity goes by what the document tells of") {
  RuleOptions rule = risk_rule({"topic"});
  CHECK(TrendDetector({rule}).observe(collapse(kMonday)).empty());
  rule.min_gravity = Gravity::serious;
  TrendDetector detector({rule});
  const auto fired = detector.observe(collapse(kMonday));
  REQUIRE(fired.size() == 1);
  CHECK(fired[0].summary == "Earnings: \"acme headline 1\" (insolvency, serious)");
}

TEST_CASE("events choose among what companies suffer") {
  RuleOptions rule = risk_rule();
  rule.min_gravity.reset();
  rule.events = {"default", "fraud"};
  TrendDetector detector({rule});
  const auto fired = detector.observe(collapse(kMonday));
  REQUIRE(fired.size() == 1);
  CHECK(fired[0].key.at("entity") == "zeta");
  CHECK(fired[0].summary == "Zeta: \"acme headline 1\" (default, minor)");
}

TEST_CASE("the first document decides of what a story tells") {
  TrendDetector detector({risk_rule()});
  Observation mild = collapse(kMonday);
  mild.entities[0].risk = {"lawsuit", Gravity::serious};
  CHECK(detector.observe(mild).empty());
  CHECK(detector.observe(collapse(kMonday + 1min)).empty());
}

TEST_CASE("a story without a risk event is told as before") {
  RuleOptions rule = risk_rule();
  without_risk_events(rule);
  TrendDetector detector({rule});
  Observation row = news(kMonday, "acme", "negative", 1);
  CHECK(detector.observe(row).empty());
  row = news(kMonday, "acme", "negative", 2);
  row.entities[0].sentiment = -0.95;
  const auto fired = detector.observe(row);
  REQUIRE(fired.size() == 1);
  CHECK(fired[0].summary == "The acme Company: \"acme headline 2\", sentiment -0.95");
}

TEST_CASE("a story that is passed on tells of what its heir tells, and is over where that is not grave") {
  for (const Gravity gravity : {Gravity::grave, Gravity::serious}) {
    TrendDetector detector({risk_rule()});
    const Observation first = collapse(kMonday);
    Observation heir = collapse(kMonday + 5min);
    heir.seq = 2;
    heir.title = "as told by another";
    heir.entities[0].risk = {"fraud", gravity};
    REQUIRE(detector.observe(first).size() == 1);
    detector.observe(heir);
    const auto told = detector.remove({1'000, first, {heir}});
    REQUIRE(told.size() == 1);
    if (gravity == Gravity::serious) {
      CHECK(told[0].reason == "removed");
      continue;
    }
    CHECK(told[0].summary == "The acme Company: \"as told by another\" (fraud, grave) in 1 document so far");
    CHECK(story_of_alert(told[0]).event == "fraud");
  }
}

TEST_CASE("an alert over counts shows of what its stories tell") {
  TrendDetector detector({entity_rule()});
  run(detector, quiet_stream({.series = 3, .days = 4, .largest_rate = 1.0}, 5), false);
  std::vector<Transition> told;
  for (int i = 0; i < 14; ++i) {
    Observation row = news(kMonday + 97h + i * 1min, "company-0", "negative", 900'000 + i);
    row.entities[0].risk = {"recall", Gravity::minor};
    for (Transition& step : detector.observe(row)) told.push_back(std::move(step));
  }
  REQUIRE_FALSE(told.empty());
  CHECK(story_of_alert(told.back()).event == "recall");
}

TEST_CASE("after a restart an open story still says of what it tells") {
  TrendDetector before({risk_rule()});
  REQUIRE(before.observe(collapse(kMonday)).size() == 1);
  Shelf shelf;
  shelf.save(before);
  TrendDetector after({risk_rule()});
  after.restore(shelf.load());
  REQUIRE(after.open_alerts().size() == 1);
  CHECK(story_of_alert(after.open_alerts()[0]).event == "insolvency");
  CHECK(story_of_alert(after.open_alerts()[0]).gravity == Gravity::grave);
}

TEST_CASE("a rule that goes by min_negative alone is defined as by earlier versions, any other one anew") {
  RuleOptions rule = risk_rule();
  const std::string usual = definition_of(rule);
  RuleOptions given = rule;
  given.usual_gravity = false;
  CHECK(definition_of(given) == usual);  // it judges the same
  without_risk_events(rule);
  BlobWriter number;
  number.f64(0.95);
  const std::string by_sentiment = definition_of(rule), bytes = number.take().substr(1);
  RuleOptions counting = rule;
  counting.measure = Measure::negative_stories;
  const auto judged = [](const std::string& definition) { return definition.substr(definition.find("\n\4") + 1); };
  CHECK(judged(by_sentiment) == judged(definition_of(counting)) + bytes);

  std::vector<RuleOptions> others(5, rule);
  others[0].min_gravity = Gravity::minor;
  others[1].min_gravity = Gravity::serious;
  others[2].events = {"fraud"};
  others[3].events = {"fraud", "recall"};
  others[4].min_negative.reset();
  others[4].events = {"fraud"};
  std::set<std::string> all = {usual, by_sentiment};
  for (const RuleOptions& other : others) all.insert(definition_of(other));
  CHECK(all.size() == 2 + others.size());
}
