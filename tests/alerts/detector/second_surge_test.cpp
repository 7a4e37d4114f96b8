// A second surge within an alert raises its severity, and a flood from one source is said to be one.
#include "tests/alerts/detector/news_stream.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch::alerts;
using namespace tapewatch::alerts::test;
using Catch::Contains;

namespace {

/// Five quiet days, then 40 stories an hour about one company for half a day, and 400 in the hour after.
std::vector<Observation> two_surges() {
  auto rows = quiet_stream({.series = 6, .days = 6, .largest_rate = 1.0}, 3);
  plant(rows, "company-1", "negative", kMonday + 120h, 12h, 480);
  plant(rows, "company-1", "negative", kMonday + 132h, 1h, 400);
  return rows;
}

RuleOptions rising_rule() {
  RuleOptions rule = entity_rule();
  rule.severity = "warning";
  rule.escalated_severity = "critical";
  return rule;
}

std::vector<Transition> of_surge(const std::vector<Transition>& all) {
  std::vector<Transition> out;
  for (const Transition& t : all) {
    if (t.key.at("entity") == "company-1") out.push_back(t);
  }
  return out;
}

}  // namespace

TEST_CASE("a second, larger surge raises the severity once, for the rest of the alert") {
  TrendDetector detector({rising_rule()});
  const auto all = of_surge(run(detector, two_surges()));
  REQUIRE(all.size() >= 3);
  CHECK(all.front().severity == "warning");
  CHECK(all.front().raised_from.empty());
  const auto raised = std::find_if(all.begin(), all.end(), [](const Transition& t) { return t.raised; });
  REQUIRE(raised != all.end());
  CHECK(raised->type == "alert.updated");
  CHECK(raised->updated_at >= kMonday + 132h);
  CHECK_THAT(raised->summary, Contains("; severity raised from warning"));
  for (auto t = all.begin(); t != raised; ++t) CHECK(t->severity == "warning");
  for (auto t = raised; t != all.end(); ++t) {
    CHECK(t->alert_id == all.front().alert_id);
    CHECK(t->severity == "critical");
    CHECK(t->raised_from == "warning");
    CHECK(t->raised == (t == raised));
  }
  CHECK(all.back().type == "alert.resolved");
}

TEST_CASE("a rule without escalated_severity keeps its severity through a second surge") {
  RuleOptions rule = rising_rule();
  rule.escalated_severity.clear();
  TrendDetector detector({rule});
  for (const Transition& t : of_surge(run(detector, two_surges()))) {
    CHECK(t.severity == "warning");
    CHECK_FALSE(t.raised);
  }
}

TEST_CASE("a raised severity survives a restart, and a rule that is gone ends the alert with it") {
  auto rows = two_surges();
  std::erase_if(rows, [](const Observation& row) { return row.at > kMonday + 132h + 50min; });
  TrendDetector before({rising_rule()});
  for (const Observation& row : rows) before.observe(row);
  const auto states = before.take_dirty();

  TrendDetector after({rising_rule()});
  after.restore(states);
  const auto more = after.tick(0, kMonday + 160h);
  REQUIRE(!more.empty());
  CHECK(more.back().severity == "critical");

  RuleOptions other = rising_rule();
  other.name = "another";
  TrendDetector without({other});
  without.restore(states);
  const auto ended = of_surge(without.settle());
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].reason == "reconfigured");
  CHECK(ended[0].severity == "critical");
  CHECK(ended[0].raised_from == "warning");
}

TEST_CASE("a flood from one source is one alert whose summary says so; another source takes it back") {
  auto rows = quiet_stream({.series = 6, .days = 6}, 3);
  for (std::size_t i = 0; i < rows.size(); i += 2) rows[i].source = "other-wire";
  plant(rows, "company-1", "negative", kMonday + 120h, 60min, 200);
  for (Observation& row : rows) {
    if (row.at >= kMonday + 120h && row.entities[0].id == "company-1") row.source = "archive";
  }
  const auto flood = [&] {
    TrendDetector detector({entity_rule()});
    return of_surge(run(detector, rows));
  };
  const auto all = flood();
  REQUIRE(count_type(all, "alert.firing") == 1);
  CHECK(all.front().evidence.single_source == "archive");
  CHECK_THAT(all.front().summary, Contains("; all from one source, archive"));
  CHECK_THAT(evidence_json(all.front().evidence), Contains(R"("single_source":"archive")"));

  Observation reprint = rows.back();  // of the flood's first story
  for (const Observation& row : rows) {
    if (row.source == "archive") {
      reprint = row;
      break;
    }
  }
  reprint.source = "other-wire";
  reprint.at = kMonday + 120h + 40min;
  rows.push_back(reprint);
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  const auto told_twice = flood();
  REQUIRE(told_twice.back().type == "alert.resolved");
  CHECK(told_twice.back().evidence.single_source.empty());
}

TEST_CASE("where a rule hears one source, its summaries do not name it") {
  auto rows = quiet_stream({.series = 6, .days = 6}, 3);
  plant(rows, "company-1", "negative", kMonday + 120h, 60min, 200);
  TrendDetector detector({entity_rule()});
  const auto all = of_surge(run(detector, rows));
  REQUIRE_FALSE(all.empty());
  for (const Transition& t : all) CHECK(t.evidence.single_source.empty());
}
