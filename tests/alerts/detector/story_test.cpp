// The measure `story`: each grave story is told of by itself.
#include "tests/alerts/detector/news_stream.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch::alerts;
using namespace tapewatch::alerts::test;

namespace {

RuleOptions story_rule() {
  RuleOptions rule;
  rule.name = "breaking";
  rule.measure = Measure::story;
  rule.group_by = {"entity"};
  rule.min_negative = 0.8;  // those of the stream have 0.9
  rule.resolve_after = 30min;
  return rule;
}

std::vector<Transition> tick_to(TrendDetector& detector, TimePoint from, TimePoint to) {
  std::vector<Transition> all;
  for (TimePoint at = from; at <= to; at += 1min) {
    for (Transition& t : detector.tick(0, at)) all.push_back(std::move(t));
  }
  return all;
}

}  // namespace

TEST_CASE("a grave story fires at once, and is over when nobody tells it any more") {
  TrendDetector detector({story_rule()});
  const auto fired = detector.observe(news(kMonday, "acme", "negative", 1));
  REQUIRE(fired.size() == 1);
  CHECK(fired[0].type == "alert.firing");
  CHECK(fired[0].measure == Measure::story);
  CHECK(key_json(fired[0].key) == R"({"entity":"acme"})");
  CHECK(fired[0].summary == "The acme Company: \"acme headline 1\", sentiment -0.90");
  CHECK(evidence_json(fired[0].evidence).find(R"("observed":1,"expected":null,"interval":null,"p_value":null)") !=
        std::string::npos);
  REQUIRE(fired[0].evidence.top_stories.size() == 1);
  CHECK(detector.warmth().at(0).series == 1);  // the story is no series of its own

  Observation reprint = news(kMonday + 20min, "acme", "negative", 1);
  reprint.source = "other";
  CHECK(detector.observe(reprint).empty());
  const auto ended = tick_to(detector, kMonday + 21min, kMonday + 60min);
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].type == "alert.resolved");
  CHECK(ended[0].reason == "calm");
  CHECK(ended[0].ended_at == kMonday + 51min);  // half an hour after the minute of the reprint
  CHECK(ended[0].evidence.document_count == 2);
  CHECK(ended[0].summary == "The acme Company: no more news of \"acme headline 1\" after 2 documents in 51 minutes");
  CHECK(detector.observe(news(kMonday + 3h, "acme", "negative", 1)).empty());  // the same story fires once
}

TEST_CASE("each new story has an alert of its own, also while others are open") {
  TrendDetector detector({story_rule()});
  const auto first = detector.observe(news(kMonday, "acme", "negative", 1));
  const auto second = detector.observe(news(kMonday, "acme", "negative", 2));
  const auto elsewhere = detector.observe(news(kMonday, "zeta", "negative", 1));
  REQUIRE(first.size() == 1);
  REQUIRE(second.size() == 1);
  REQUIRE(elsewhere.size() == 1);
  CHECK(first[0].alert_id != second[0].alert_id);
  CHECK(first[0].alert_id != elsewhere[0].alert_id);
  TrendDetector again({story_rule()});
  CHECK(again.observe(news(kMonday, "acme", "negative", 1))[0].alert_id == first[0].alert_id);
  CHECK(count_type(tick_to(detector, kMonday + 1min, kMonday + 40min), "alert.resolved") == 3);
}

TEST_CASE("the first document decides: neither a mild story that turns grave nor a grave reprint fires") {
  TrendDetector detector({story_rule()});
  Observation mild = news(kMonday, "acme", "negative", 1);
  mild.entities[0].sentiment = -0.79;
  CHECK(detector.observe(mild).empty());
  CHECK(detector.observe(news(kMonday + 1min, "acme", "negative", 1)).empty());
  Observation unsure = news(kMonday + 2min, "acme", "negative", 2);
  unsure.entities[0].label = Label::abstained;
  CHECK(detector.observe(unsure).empty());
  CHECK(detector.observe(news(kMonday + 3min, "acme", "positive", 3)).empty());
}

TEST_CASE("a correction that says the opposite is told at once") {
  TrendDetector detector({story_rule()});
  detector.observe(news(kMonday, "acme", "negative", 1));
  Observation correction = news(kMonday + 5min, "acme", "positive", 1);
  correction.turned = true;
  const auto told = detector.observe(correction);
  REQUIRE(told.size() == 1);
  CHECK(told[0].type == "alert.updated");
  CHECK(told[0].sequence == 2);
  CHECK(told[0].evidence.top_stories.at(0).turned);
  CHECK(told[0].summary ==
        "The acme Company: \"acme headline 1\" in 2 documents so far; a correction says the opposite");
  CHECK(detector.observe(correction).empty());  // once
}

TEST_CASE("a story that comes late is recorded and told nobody") {
  TrendDetector detector({story_rule()});
  detector.tick(0, kMonday + 10h);
  Observation late = news(kMonday + 5h, "acme", "negative", 1);
  late.late = true;
  const auto told = detector.observe(late);
  REQUIRE(told.size() == 2);
  CHECK(told[0].late);
  CHECK(told[1].late);
  CHECK(told[1].reason == "late");
  CHECK(detector.observe(news(kMonday + 10h, "acme", "negative", 1)).empty());
}

TEST_CASE("`where` holds for grave stories, and a story is forgotten with the memory of stories") {
  RuleOptions rule = story_rule();
  rule.where.entity = {"acme"};
  TrendDetector detector({rule});
  CHECK(detector.observe(news(kMonday, "zeta", "negative", 1)).empty());
  REQUIRE(detector.observe(news(kMonday, "acme", "negative", 2)).size() == 1);
  for (int hour = 1; hour <= 80; ++hour) detector.tick(0, kMonday + std::chrono::hours{hour});
  CHECK(detector.observe(news(kMonday + 80h, "acme", "negative", 2)).size() == 1);
  CHECK(detector.counters().series == 1);
}
