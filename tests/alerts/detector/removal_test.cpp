// Documents that are taken back leave the windows that are open and the evidence of alerts.
#include <map>

#include "tests/alerts/detector/news_stream.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch::alerts;
using namespace tapewatch::alerts::test;

namespace {

Retraction taken_back(const Observation& row, std::vector<Observation> others = {}) {
  return {row.seq + 1'000'000, row, std::move(others)};
}

RuleOptions story_rule() {
  RuleOptions rule;
  rule.name = "breaking";
  rule.measure = Measure::story;
  rule.group_by = {"entity"};
  rule.min_negative = 0.8;
  return rule;
}

/// Four quiet days, then a burst of `stories` about company-0 in as many minutes, each row with its own seq.
std::vector<Observation> burst(int stories) {
  StreamOptions options;
  options.series = 3;
  options.days = 4;
  options.largest_rate = 1.0;
  auto rows = quiet_stream(options, 5);
  for (int i = 0; i < stories; ++i) {
    rows.push_back(news(kMonday + 97h + i * 1min, "company-0", "negative", 900'000 + i));
    rows.back().seq = static_cast<std::int64_t>(rows.size());
  }
  return rows;
}

std::vector<Transition> observe_all(TrendDetector& detector, const std::vector<Observation>& rows) {
  std::vector<Transition> all;
  for (const auto& row : rows) {
    for (auto& t : detector.observe(row)) all.push_back(std::move(t));
  }
  return all;
}

using Shelf = std::map<std::pair<std::string, std::string>, std::string>;

void save(TrendDetector& detector, Shelf& shelf) {
  for (SeriesState& part : detector.take_dirty()) {
    if (part.blob.empty()) {
      shelf.erase({part.rule, part.key});
    } else {
      shelf[{part.rule, part.key}] = part.blob;
    }
  }
}

/// The parts that are not the same in both.
std::string differing(const Shelf& a, const Shelf& b) {
  std::string parts;
  for (const auto* shelf : {&a, &b}) {
    for (const auto& [key, blob] : *shelf) {
      const auto other = (shelf == &a ? b : a).find(key);
      if (other == (shelf == &a ? b : a).end() || other->second != blob) parts += key.first + " " + key.second + "\n";
    }
  }
  return parts;
}

TrendDetector restored(const std::vector<RuleOptions>& rules, const Shelf& shelf) {
  std::vector<SeriesState> states;
  for (const auto& [key, blob] : shelf) states.push_back({key.first, key.second, blob});
  TrendDetector detector(rules);
  detector.restore(states);
  return detector;
}

}  // namespace

TEST_CASE("a firing alert is told without the story that was taken back") {
  TrendDetector detector({entity_rule()});
  const auto rows = burst(14);
  const auto fired = observe_all(detector, rows);
  REQUIRE_FALSE(fired.empty());
  CHECK(fired.back().type.starts_with("alert."));
  const auto before = detector.open_alerts();
  REQUIRE(before.size() == 1);
  const auto told = detector.remove(taken_back(rows.back()));
  REQUIRE(told.size() == 1);
  CHECK(told[0].type == "alert.updated");
  CHECK(told[0].alert_id == before[0].alert_id);
  CHECK(told[0].sequence == before[0].sequence + 1);
  CHECK(told[0].evidence.story_count == before[0].evidence.story_count - 1);
  CHECK(told[0].evidence.document_count == before[0].evidence.document_count - 1);
  for (const auto& story : told[0].evidence.top_stories) CHECK(story.title != rows.back().title);
  CHECK(detector.remove(taken_back(rows.back())).empty());  // nothing of it is left to take
}

TEST_CASE("the strongest window of an alert loses a story that it counted, and becomes less improbable") {
  TrendDetector detector({entity_rule()});
  const auto rows = burst(14);
  observe_all(detector, rows);
  const auto before = detector.open_alerts().at(0).evidence;
  const auto first = rows[rows.size() - 14];
  const auto told = detector.remove(taken_back(first));
  REQUIRE(told.size() == 1);
  CHECK(told[0].evidence.observed == before.observed - 1);
  CHECK(told[0].evidence.p_value > before.p_value);
}

TEST_CASE("a reprint that is taken back is a document less; the vote stays") {
  TrendDetector detector({entity_rule()});
  const auto rows = burst(14);
  observe_all(detector, rows);
  Observation reprint = rows.back();
  reprint.seq += 1;
  reprint.source = "desk";
  reprint.at += 1min;
  detector.observe(reprint);
  const auto before = detector.open_alerts().at(0).evidence;
  const auto told = detector.remove(taken_back(reprint, {rows.back()}));
  REQUIRE(told.size() == 1);
  CHECK(told[0].evidence.story_count == before.story_count);
  CHECK(told[0].evidence.document_count == before.document_count - 1);
}

TEST_CASE("a vote passes to the earliest document that is left, with its class") {
  for (const bool negative : {true, false}) {
    TrendDetector detector({entity_rule()});
    const auto rows = burst(14);
    observe_all(detector, rows);
    Observation reprint =
        news(rows.back().at + 2min, "company-0", negative ? "negative" : "positive", rows.back().story_id);
    reprint.seq = rows.back().seq + 1;
    reprint.title = "as told by another";
    detector.observe(reprint);
    const auto before = detector.open_alerts().at(0).evidence;
    const auto told = detector.remove(taken_back(rows.back(), {reprint}));
    REQUIRE(told.size() == 1);
    CHECK(told[0].evidence.story_count == before.story_count - (negative ? 0 : 1));
    CHECK(told[0].evidence.document_count == before.document_count - (negative ? 1 : 2));
  }
}

TEST_CASE("what was taken back no longer counts towards an alarm, and open windows are as if it had not come") {
  const auto rows = burst(5);
  TrendDetector with({entity_rule()}), without({entity_rule()});
  observe_all(with, rows);
  observe_all(without, {rows.begin(), rows.end() - 5});
  for (std::size_t i = rows.size() - 5; i < rows.size(); ++i) with.remove(taken_back(rows[i]));
  const std::map<std::string, std::string> key = {{"entity", "company-0"}};
  const TimePoint later = rows.back().at + 1min;
  with.tick(0, later);
  without.tick(0, later);
  for (const auto window : {15min, 60min}) {
    const auto a = with.read("negative-burst", key, window), b = without.read("negative-burst", key, window);
    REQUIRE(a.has_value());
    REQUIRE(b.has_value());
    CHECK(a->observed == b->observed);
  }
}

TEST_CASE("an alert of which nothing is left is over") {
  TrendDetector detector({story_rule()});
  const auto row = news(kMonday, "acme", "negative", 1);
  REQUIRE(detector.observe(row).size() == 1);
  const auto told = detector.remove(taken_back(row));
  REQUIRE(told.size() == 1);
  CHECK(told[0].type == "alert.resolved");
  CHECK(told[0].reason == "removed");
  CHECK(told[0].summary == "The acme Company: all of its news were taken back by their sources");
  CHECK(told[0].evidence.top_stories.empty());
  CHECK(detector.open_alerts().empty());
}

TEST_CASE("a grave story goes on under the title of its earliest remaining document") {
  TrendDetector detector({story_rule()});
  auto row = news(kMonday, "acme", "negative", 1);
  row.seq = 1;
  auto reprint = news(kMonday + 5min, "acme", "negative", 1);
  reprint.seq = 2;
  reprint.title = "as told by another";
  reprint.url.clear();
  detector.observe(row);
  detector.observe(reprint);
  const auto told = detector.remove(taken_back(row, {reprint}));
  REQUIRE(told.size() == 1);
  CHECK(told[0].type == "alert.updated");
  REQUIRE(told[0].evidence.top_stories.size() == 1);
  CHECK(told[0].evidence.top_stories[0].title == "as told by another");
  CHECK(told[0].evidence.top_stories[0].documents == 1);
  CHECK(told[0].evidence.document_count == 1);
}

TEST_CASE("what was learned stays: a document from before the windows changes nothing") {
  StreamOptions options;
  options.series = 3;
  options.days = 14;
  const auto rows = quiet_stream(options, 9);
  TrendDetector detector({entity_rule()});
  Shelf before, after;
  observe_all(detector, rows);
  save(detector, before);
  after = before;
  CHECK(detector.remove(taken_back(rows[3])).empty());
  save(detector, after);
  CHECK(after == before);
}

TEST_CASE("with removals, too, a restored detector goes on to the byte like the one that ran on") {
  std::vector<RuleOptions> rules = {entity_rule(), story_rule(), measure_rule(Measure::mean_sentiment, "1 per week"),
                                    measure_rule(Measure::no_data, "1 per week")};
  StreamOptions options;
  options.series = 4;
  options.days = 4;
  options.other_share = 0.5;
  auto rows = quiet_stream(options, 21);
  plant(rows, "company-2", "negative", kMonday + 80h, 40min, 30, 2);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].seq = static_cast<std::int64_t>(i + 1);
  Dice dice(3);
  TrendDetector through(rules);
  TrendDetector broken(rules);
  Shelf shelf, kept;
  std::map<std::int64_t, std::vector<Observation>> stories;
  std::size_t removals = 0, updates = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    through.observe(rows[i]);
    broken.observe(rows[i]);
    stories[rows[i].story_id].push_back(rows[i]);
    if (dice.uniform() < 0.15) {
      const std::size_t back = std::min<std::size_t>(i, static_cast<std::size_t>(dice.uniform() * 40));
      auto& story = stories[rows[i - back].story_id];
      if (!story.empty()) {
        const Observation gone = story.front();
        story.erase(story.begin());
        ++removals;
        updates += through.remove(taken_back(gone, story)).size();
        broken.remove(taken_back(gone, story));
      }
    }
    save(through, kept);
    save(broken, shelf);
    if (i % 7 == 0) broken = restored(rules, shelf);
    REQUIRE(differing(shelf, kept) == "");
  }
  CHECK(removals > 30);
  CHECK(updates > 0);
}
