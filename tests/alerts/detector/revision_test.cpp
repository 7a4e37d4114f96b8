// A document that is changed to say the opposite is marked in the evidence of alerts, and its votes stay.
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
  rule.min_negative = 0.8;
  return rule;
}

/// Four quiet days, then 14 stories about company-0 in as many minutes.
std::vector<Observation> burst() {
  StreamOptions options;
  options.series = 3;
  options.days = 4;
  options.largest_rate = 1.0;
  auto rows = quiet_stream(options, 5);
  for (int i = 0; i < 14; ++i) {
    rows.push_back(news(kMonday + 97h + i * 1min, "company-0", "negative", 900'000 + i));
    rows.back().seq = static_cast<std::int64_t>(rows.size());
  }
  return rows;
}

std::size_t turned_in(const Transition& told) {
  const auto& stories = told.evidence.top_stories;
  return static_cast<std::size_t>(
      std::count_if(stories.begin(), stories.end(), [](const auto& s) { return s.turned; }));
}

TrendDetector restored(TrendDetector& detector, const RuleOptions& rule) {
  TrendDetector other({rule});
  other.restore(detector.take_dirty());
  return other;
}

}  // namespace

TEST_CASE("an alert over counts says at once that one of its stories was turned, and counts it still") {
  TrendDetector detector({entity_rule()});
  const auto rows = burst();
  for (const auto& row : rows) detector.observe(row);
  const auto before = detector.open_alerts();
  REQUIRE(before.size() == 1);
  // Told most, so that it is among the five that are shown.
  for (int i = 0; i < 3; ++i) detector.observe(rows.back());

  const auto told = detector.revise(rows.back());
  REQUIRE(told.size() == 1);
  CHECK(told[0].type == "alert.updated");
  CHECK(told[0].alert_id == before[0].alert_id);
  CHECK(told[0].evidence.top_stories.at(0).turned);
  CHECK(turned_in(told[0]) == 1);
  CHECK(told[0].evidence.story_count == before[0].evidence.story_count);
  CHECK(detector.revise(rows.back()).empty());  // once

  TrendDetector again = restored(detector, entity_rule());
  CHECK(turned_in(again.open_alerts().at(0)) == 1);
  CHECK(again.revise(rows.back()).empty());
}

TEST_CASE("a separate document that turns a story in an alert over counts is told at once as well") {
  TrendDetector detector({entity_rule()});
  const auto rows = burst();
  for (const auto& row : rows) detector.observe(row);
  Observation correction = rows.back();
  correction.turned = true;
  const auto told = detector.observe(correction);
  REQUIRE(told.size() == 1);
  CHECK(told[0].type == "alert.updated");
  CHECK(turned_in(told[0]) == 1);
  CHECK(detector.observe(correction).empty());
}

TEST_CASE("a revision marks the story for an alert that fires later, and tells nothing of itself") {
  const auto rows = burst();
  TrendDetector detector({entity_rule()});
  std::vector<Transition> fired;
  for (const auto& row : rows) {
    for (auto& step : detector.observe(row)) fired.push_back(std::move(step));
    if (row.seq == static_cast<std::int64_t>(rows.size()) - 13) CHECK(detector.revise(row).empty());
  }
  REQUIRE_FALSE(fired.empty());
  CHECK(turned_in(detector.open_alerts().at(0)) == 1);
}

TEST_CASE("a grave story that is revised to say the opposite is told at once") {
  TrendDetector detector({story_rule()});
  const auto row = news(kMonday, "acme", "negative", 1);
  CHECK(detector.revise(row).empty());  // nothing was observed yet
  REQUIRE(detector.observe(row).size() == 1);
  CHECK(detector.revise(news(kMonday, "acme", "negative", 2)).empty());  // another story
  const auto told = detector.revise(row);
  REQUIRE(told.size() == 1);
  CHECK(told[0].type == "alert.updated");
  CHECK(told[0].summary ==
        "The acme Company: \"acme headline 1\" in 1 document so far; a correction says the opposite");
  CHECK(detector.revise(row).empty());
}

TEST_CASE("a story goes on as turned when its first document is taken back, as long as one that is left says so") {
  TrendDetector detector({story_rule()});
  auto first = news(kMonday, "acme", "negative", 1);
  auto second = news(kMonday + 5min, "acme", "negative", 1);
  auto third = news(kMonday + 6min, "acme", "negative", 1);
  first.seq = 1, second.seq = 2, third.seq = 3;
  for (const auto& row : {first, second, third}) detector.observe(row);
  REQUIRE(detector.revise(second).size() == 1);
  second.revoked = true;
  const auto passed = detector.remove({10, first, {second, third}});
  REQUIRE(passed.size() == 1);
  CHECK(turned_in(passed[0]) == 1);
  CHECK(passed[0].summary.ends_with("a correction says the opposite"));
  const auto alone = detector.remove({11, second, {third}});
  REQUIRE(alone.size() == 1);
  CHECK(turned_in(alone[0]) == 0);
}

TEST_CASE(
    "a correction that is taken back no longer turns its story, and one that is left as the first turns nothing") {
  for (const bool correction_goes : {true, false}) {
    TrendDetector detector({entity_rule()});
    const auto rows = burst();
    for (const auto& row : rows) detector.observe(row);
    for (int i = 0; i < 3; ++i) detector.observe(rows.back());
    Observation correction = rows.back();
    correction.turned = true;
    correction.seq += 1;
    REQUIRE(detector.observe(correction).size() == 1);
    const auto told = correction_goes ? detector.remove({1'000, correction, {rows.back()}})
                                      : detector.remove({1'000, rows.back(), {correction}});
    REQUIRE(told.size() == 1);
    CHECK(told[0].evidence.top_stories.at(0).documents == 4);
    CHECK(turned_in(told[0]) == 0);
  }
}
