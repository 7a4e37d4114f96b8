// Companies that a repeat or a revision names first: their series hear of the document then, the others do not.
#include <set>

#include "tests/alerts/detector/state_support.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch::alerts;
using namespace tapewatch::alerts::test;

namespace {

const std::map<std::string, std::string> kFirst = {{"entity", "company-0"}}, kSecond = {{"entity", "company-1"}};

/// Four quiet days of three companies, then `stories` about company-1, one a minute.
std::vector<Observation> burst(int stories) {
  StreamOptions options;
  options.series = 3;
  options.days = 4;
  options.largest_rate = 1.0;
  auto rows = quiet_stream(options, 5);
  for (int i = 0; i < stories; ++i) {
    rows.push_back(news(kMonday + 97h + i * 1min, "company-1", "negative", 900'000 + i));
  }
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].seq = static_cast<std::int64_t>(i + 1);
  return rows;
}

/// The row `seq` names company-0 for a document about another one.
Addition named_later(Observation document, std::int64_t seq) {
  document.entities.push_back({"company-0", "The company-0 Company", document.label, document.sentiment, {}, seq});
  return {seq, std::move(document)};
}

std::vector<Transition> observe_all(TrendDetector& detector, const std::vector<Observation>& rows) {
  std::vector<Transition> all;
  for (const auto& row : rows) {
    for (auto& told : detector.observe(row)) all.push_back(std::move(told));
  }
  return all;
}

}  // namespace

TEST_CASE("stories that name a company later raise its alert, and change nothing in the series they are in") {
  RuleOptions everything = entity_rule(), of_second = entity_rule();
  everything.name = "everything";
  everything.group_by.clear();
  of_second.name = "second";
  of_second.group_by.clear();
  of_second.where.entity = {"company-1", "company-0"};
  TrendDetector detector({entity_rule(), everything, of_second});
  const auto rows = burst(14);
  observe_all(detector, rows);
  const auto total = detector.read("everything", {}, 60min)->observed,
             chosen = detector.read("second", {}, 60min)->observed;
  const auto second = detector.read("negative-burst", kSecond, 60min)->observed;
  const auto first = detector.read("negative-burst", kFirst, 60min)->observed;
  std::vector<Transition> told;
  std::int64_t seq = rows.back().seq;
  for (std::size_t i = rows.size() - 14; i < rows.size(); ++i) {
    for (auto& transition : detector.add(named_later(rows[i], ++seq))) told.push_back(std::move(transition));
  }
  REQUIRE_FALSE(told.empty());
  CHECK(told[0].type == "alert.firing");
  for (const auto& transition : told) CHECK(transition.key == kFirst);
  CHECK(detector.read("negative-burst", kFirst, 60min)->observed == first + 14);
  CHECK(detector.read("negative-burst", kSecond, 60min)->observed == second);
  CHECK(detector.read("everything", {}, 60min)->observed == total);
  CHECK(detector.read("second", {}, 60min)->observed == chosen);
  CHECK(detector.event_time() == rows.back().at);
}

TEST_CASE("a rule that selects a company hears of a story when it names that company") {
  RuleOptions rule = entity_rule();
  rule.measure = Measure::story;
  rule.min_negative = 0.8;
  rule.group_by.clear();
  rule.where.entity = {"company-0"};
  TrendDetector detector({rule});
  auto row = news(kMonday, "company-1", "negative", 1);
  row.seq = 1;
  CHECK(detector.observe(row).empty());
  REQUIRE(detector.add(named_later(row, 2)).size() == 1);
  CHECK(detector.add(named_later(row, 3)).empty());  // the story has voted
  row.late = true;
  row.story_id = 2;
  row.seq = 4;
  detector.observe(row);
  const auto told = detector.add(named_later(row, 5));
  REQUIRE(told.size() == 2);
  CHECK(told[0].late);
}

TEST_CASE("what a document was named for later goes with it, or passes to who came into the series first") {
  RuleOptions rule = entity_rule();
  rule.measure = Measure::story;
  rule.min_negative = 0.8;
  TrendDetector detector({rule});
  auto row = news(kMonday, "company-1", "negative", 1), reprint = news(kMonday + 1min, "company-0", "negative", 1);
  row.seq = 1;
  reprint.seq = 2;
  reprint.title = "as told by another";
  detector.observe(row);
  REQUIRE(detector.observe(reprint).size() == 1);  // company-0's vote
  const Addition added = named_later(row, 3);
  detector.add(added);
  // The first document has no vote to lose in company-0's series, though it is the older one.
  auto told = detector.remove({4, added.document, {reprint}});
  REQUIRE(told.size() == 2);
  for (const auto& transition : told) {
    CHECK(transition.type == (transition.key == kFirst ? "alert.updated" : "alert.resolved"));
    if (transition.key == kFirst) CHECK(transition.evidence.top_stories.at(0).title == "as told by another");
  }
  CHECK(detector.remove({5, reprint, {}}).at(0).type == "alert.resolved");
}

TEST_CASE("a revision that names a company and turns its story: the new alert fires, then both say so, restored too") {
  RuleOptions rule = entity_rule();
  rule.measure = Measure::story;
  rule.min_negative = 0.8;
  TrendDetector through({rule}), broken({rule});
  auto row = news(kMonday, "company-1", "negative", 1);
  row.seq = 1;
  const Addition added = named_later(row, 2);
  Shelf shelf;
  for (TrendDetector* detector : {&through, &broken}) {
    REQUIRE(detector->observe(row).size() == 1);
    const auto fired = detector->add(added);
    REQUIRE(fired.size() == 1);
    CHECK(fired[0].type == "alert.firing");
    CHECK(fired[0].key == kFirst);
    CHECK_FALSE(fired[0].evidence.top_stories.at(0).turned);
  }
  shelf.save(broken);
  broken = TrendDetector({rule});
  broken.restore(shelf.load());
  for (TrendDetector* detector : {&through, &broken}) {
    std::set<std::map<std::string, std::string>> keys;
    for (const auto& transition : detector->revise(added.document)) {
      CHECK(transition.type == "alert.updated");
      CHECK(transition.evidence.top_stories.at(0).turned);
      keys.insert(transition.key);
    }
    CHECK(keys == std::set{kFirst, kSecond});
    CHECK(detector->revise(added.document).empty());
  }
}

TEST_CASE("with additions, too, a restored detector goes on to the byte like the one that ran on") {
  RuleOptions story = entity_rule();
  story.name = "story";
  story.measure = Measure::story;
  story.min_negative = 0.8;
  const std::vector<RuleOptions> rules = {entity_rule(), story, measure_rule(Measure::mean_sentiment, "1 per week"),
                                          measure_rule(Measure::no_data, "1 per week")};
  const auto rows = burst(20);
  TrendDetector through(rules), broken(rules);
  Shelf kept, shelf;
  std::int64_t seq = rows.back().seq;
  std::size_t told = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    through.observe(rows[i]);
    broken.observe(rows[i]);
    if (i % 3 == 0) {
      const Addition added = named_later(rows[i], ++seq);
      told += through.add(added).size();
      broken.add(added);
      shelf.save(broken);
      broken = TrendDetector(rules);
      broken.restore(shelf.load());
    }
  }
  kept.save(through);
  shelf.save(broken);
  CHECK(told > 0);
  CHECK(kept.rows() == shelf.rows());
}
