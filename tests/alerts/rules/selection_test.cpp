#include "alerts/rules/selection.hpp"

#include "alerts/detector/shared_baseline.hpp"
#include "alerts/detector/story_log.hpp"
#include "tests/alerts/detector/news_stream.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch::alerts;
using namespace tapewatch::alerts::test;

namespace {

Observation two_companies() {
  Observation row = news(kMonday, "infosys", "negative", 1);
  row.topic = "fed-central-banks";
  row.entities[0].tags = {"own"};
  row.entities.push_back({"tcs", "TCS", Label::positive, 0.7, {"peer"}});
  row.risk = {"fraud", Gravity::serious};
  row.entities[0].risk = {"fraud", Gravity::grave};
  row.entities[1].risk = {"lawsuit", Gravity::minor};
  row.tags = {"own", "peer"};
  return row;
}

RuleOptions rule_by(std::vector<std::string> group_by) {
  RuleOptions rule = entity_rule();
  rule.group_by = std::move(group_by);
  return rule;
}

}  // namespace

TEST_CASE("an entity series takes the label towards its entity") {
  const auto members = memberships(rule_by({"entity"}), two_companies());
  REQUIRE(members.size() == 2);
  CHECK(members[0].label == Label::negative);
  CHECK(members[1].label == Label::positive);
  CHECK(members[1].display == "TCS");
}

TEST_CASE("a series takes what happens to its entity, one without an entity what the document tells of") {
  const auto entities = memberships(rule_by({"entity"}), two_companies());
  CHECK(entities.at(0).risk.event == "fraud");
  CHECK(entities.at(0).risk.gravity == Gravity::grave);
  CHECK(entities.at(1).risk.event == "lawsuit");
  CHECK(entities.at(1).risk.gravity == Gravity::minor);
  RuleOptions selected = rule_by({});
  selected.where.entity = {"tcs"};
  for (const RuleOptions& rule : {rule_by({"topic"}), selected}) {
    const auto document = memberships(rule, two_companies());
    REQUIRE(document.size() == 1);
    CHECK(document[0].risk.event == "fraud");
    CHECK(document[0].risk.gravity == Gravity::serious);
  }
}

TEST_CASE("combinations, the whole selection, rows without a topic") {
  const auto both = memberships(rule_by({"topic", "entity", "source"}), two_companies());
  REQUIRE(both.size() == 2);
  CHECK(key_json(both[1].key) == R"({"entity":"tcs","source":"wire","topic":"fed-central-banks"})");
  const auto all = memberships(rule_by({}), two_companies());
  REQUIRE(all.size() == 1);
  CHECK(key_json(all[0].key) == "{}");
  CHECK(all[0].display == "negative-burst");
  Observation unscored = two_companies();
  unscored.topic.clear();
  CHECK(memberships(rule_by({"topic"}), unscored).empty());
  CHECK(memberships(rule_by({"topic"}), two_companies())[0].display == "Fed Central Banks");
}

TEST_CASE("where selects by topic, source, entity and tag") {
  RuleOptions rule = rule_by({"entity"});
  rule.where.tag = {"own"};
  auto members = memberships(rule, two_companies());
  REQUIRE(members.size() == 1);
  CHECK(members[0].key.at("entity") == "infosys");

  Observation flat = two_companies();  // tags known only for the row
  for (ObservedEntity& entity : flat.entities) entity.tags.clear();
  CHECK(memberships(rule, flat).size() == 2);

  rule = rule_by({"topic"});
  rule.where.entity = {"tcs"};
  CHECK(memberships(rule, two_companies()).size() == 1);
  rule.where.entity = {"nobody"};
  CHECK(memberships(rule, two_companies()).empty());
  rule = rule_by({"topic"});
  rule.where.source = {"other"};
  CHECK(memberships(rule, two_companies()).empty());
  rule = rule_by({"topic"});
  rule.where.topic = {"fed-central-banks"};
  CHECK(memberships(rule, two_companies()).size() == 1);
}

TEST_CASE("a story votes once, in the minute and with the label of its first document") {
  StoryLog log;
  CHECK(log.add(7, 100, false).kind == VoteKind::first_other);
  CHECK(log.add(7, 110, true).kind == VoteKind::repeat_other);
  CHECK(log.add(8, 101, true).kind == VoteKind::first_counted);
  const auto repeat = log.add(8, 190, false);
  CHECK(repeat.kind == VoteKind::repeat_counted);
  CHECK(repeat.minute == 101);
  CHECK(log.add(9, 181, true).kind == VoteKind::first_counted);
  CHECK(log.counted(100, 181).stories == 2);
  CHECK(log.counted(102, 181).stories == 1);
  CHECK(log.counted(101, 101).documents == 2);
  CHECK(log.counted(-500, 5000).stories == 2);
  CHECK(log.forget(3, 100) == 0);  // hours 1 and 2 go
  CHECK(log.counted(0, 500).stories == 1);
  CHECK(log.add(8, 200, false).kind == VoteKind::first_other);  // forgotten: new
}

TEST_CASE("hours of the week start on Monday") {
  const auto hour = std::chrono::floor<std::chrono::hours>(kMonday).time_since_epoch().count();
  CHECK(hour_of_week(hour) == 0);
  CHECK(hour_of_week(hour + 25) == 25);
  CHECK(hour_of_week(hour + 168) == 0);
  CHECK(hour_of_week(hour - 1) == 167);
  CHECK(hour_of_week(-1) == 3 * 24 - 1);
}
