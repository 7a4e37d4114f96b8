// explain(): the numbers behind an alert, or behind none, by the code that judges.
#include "alerts/detector/judgement.hpp"

#include <boost/json.hpp>

#include "config/notation/json_writer.hpp"
#include "tests/alerts/detector/news_stream.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch::alerts;
using namespace tapewatch::alerts::test;

namespace {

using Key = std::map<std::string, std::string>;
const Key kBusiest = {{"entity", "company-0"}};

Judgement explained(const TrendDetector& detector, const RuleOptions& rule, const Key& key = kBusiest) {
  const auto judgement = detector.explain(rule.name, key);
  REQUIRE(judgement);
  return *judgement;
}

bool any_alarm(const Judgement& judgement) {
  return std::any_of(judgement.windows.begin(), judgement.windows.end(),
                     [](const WindowJudgement& window) { return window.alarm; });
}

/// Whether one story more would be an alarm.
bool one_more_fires(const Judgement& judgement) {
  return std::any_of(judgement.windows.begin(), judgement.windows.end(), [](const WindowJudgement& window) {
    return window.bound && static_cast<double>(window.observed + 1) >= *window.bound;
  });
}

TimePoint after(const std::vector<Observation>& rows) { return rows.back().at + 1min; }

}  // namespace

TEST_CASE("a bound is the least count that fires, story by story, in every window") {
  const RuleOptions rule = entity_rule();
  DetectorOptions options;
  options.surge_model.sums = false;  // what sums say has no bound
  const auto rows = quiet_stream({.series = 6, .days = 16}, 7);
  for (const auto& [company, gap] : std::vector<std::pair<std::string, std::chrono::minutes>>{
           {"company-0", 0min}, {"company-0", 3min}, {"company-5", 25min}}) {
    CAPTURE(gap.count());
    TrendDetector detector({rule}, options);
    run(detector, rows, false);
    TimePoint at = after(rows);
    bool fired = false;
    for (int story = 0; story < 200 && !fired; ++story, at += gap) {
      detector.tick(0, at);
      const Judgement before = explained(detector, rule, {{"entity", company}});
      CHECK(before.at == at);
      CHECK_FALSE(any_alarm(before));
      fired = count_type(detector.observe(news(at, company, "negative", 900'000 + story)), "alert.firing") > 0;
      CHECK(fired == one_more_fires(before));
    }
    CHECK(fired);
    const Judgement now = explained(detector, rule, {{"entity", company}});
    CHECK(now.state == AlertState::firing);
    CHECK_FALSE(now.alert_id.empty());
    CHECK(reason_of(now, rule) == "an alert is open");
  }
}

TEST_CASE("asking changes nothing") {
  const auto rows = quiet_stream({.series = 4, .days = 5}, 3);
  std::vector<RuleOptions> rules = {entity_rule(), measure_rule(Measure::mean_sentiment, "1 per week"),
                                    measure_rule(Measure::no_data, "1 per week")};
  TrendDetector asked(rules), left_alone(rules);
  for (const Observation& row : rows) {
    asked.observe(row);
    left_alone.observe(row);
    for (const RuleOptions& rule : rules) explained(asked, rule, {{"entity", "company-3"}});
  }
  const auto one = asked.take_dirty(), other = left_alone.take_dirty();
  REQUIRE(one.size() == other.size());
  for (std::size_t i = 0; i < one.size(); ++i) CHECK(one[i].blob == other[i].blob);
}

TEST_CASE("the reason names what was heard, and the count that would have fired") {
  const RuleOptions rule = entity_rule();
  TrendDetector detector({rule});
  const auto rows = quiet_stream({.series = 6, .days = 16}, 7);
  run(detector, rows, false);
  const TimePoint at = after(rows);
  for (int story = 0; story < 9; ++story) {
    detector.observe(news(at + story * 3min, "company-0", "negative", 900'000 + story));
  }
  const Judgement busy = explained(detector, rule);
  const WindowJudgement* nearest = nearest_to_alarm(busy);
  REQUIRE(nearest != nullptr);
  REQUIRE(nearest->bound);
  CHECK(*nearest->bound > static_cast<double>(nearest->observed));
  const std::string reason = reason_of(busy, rule);
  INFO(reason);
  CHECK(reason.find(std::to_string(nearest->observed) + " negative stor") == 0);
  CHECK(reason.find("would have fired at this rule's budget") != std::string::npos);
  CHECK(nearest->expected > 0.0);
  CHECK(nearest->p_value > nearest->p_threshold);

  tapewatch::notation::JsonWriter json;
  append_windows(json, busy.windows);
  const auto windows = boost::json::parse(json.take());
  CHECK(windows.at(0).at("window") == "5m");
  CHECK(windows.at(0).at("bound").to_number<double>() == busy.windows[0].bound);
  CHECK(windows.at(0).at("standing") == "judged");
}

TEST_CASE("a series that is never loud is held to min_stories") {
  RuleOptions rule = entity_rule();
  rule.min_stories = 12;
  TrendDetector detector({rule});
  const auto rows = quiet_stream({.series = 2, .days = 16, .largest_rate = 0.1}, 7);
  run(detector, rows, false);
  detector.observe(news(after(rows), "company-0", "negative", 900'000));
  const Judgement quiet = explained(detector, rule);
  CHECK(quiet.windows[0].bound == 12.0);
  const std::string reason = reason_of(quiet, rule);
  INFO(reason);
  CHECK(reason.find("; 12 would have fired, the fewest that min_stories asks for") != std::string::npos);
}

TEST_CASE("an unknown series, a first hour, a pending alert, a cool-down: each has its reason") {
  RuleOptions rule = entity_rule();
  rule.pending_for = 10min;
  TrendDetector detector({rule});
  CHECK_FALSE(detector.explain("another", kBusiest));
  CHECK(reason_of(explained(detector, rule), rule) == "the rule has heard no document of this series");
  detector.observe(news(kMonday, "company-0", "negative", 1));
  CHECK(reason_of(explained(detector, rule), rule) == "the rule has not seen a whole hour yet: nothing is judged");

  auto rows = quiet_stream({.series = 6, .days = 16}, 7);
  run(detector, rows, false);
  TimePoint at = after(rows);
  for (int story = 0; story < 60; ++story) detector.observe(news(at, "company-0", "negative", 900'000 + story));
  Judgement judgement = explained(detector, rule);
  CHECK(judgement.state == AlertState::pending);
  CHECK(judgement.fires_at == at + 10min);
  CHECK(reason_of(judgement, rule).find("an alert is pending: it fires at 2026-01-2") == 0);

  while (explained(detector, rule).state != AlertState::resolved) detector.tick(0, at += 1min);
  judgement = explained(detector, rule);
  REQUIRE(judgement.cools_until);
  CHECK(*judgement.cools_until <= at + rule.cool_down);
  CHECK(*judgement.cools_until > at + rule.cool_down - 1min);  // it ended as its minute began
  CHECK(reason_of(judgement, rule).find("an alert has just ended, and none begins before") != std::string::npos);
}

TEST_CASE("the reason of a story rule names what its stories lack") {
  RuleOptions rule = entity_rule();
  rule.measure = Measure::story;
  set_usual_gravity(rule);
  Judgement quiet;
  quiet.known = quiet.can_alert = true;
  const auto reason = [&] {
    return reason_of(quiet, rule).substr(std::string("no open story of this series ").size());
  };
  CHECK(reason_of(quiet, rule) == "no open story of this series is grave");
  rule.min_gravity = Gravity::serious;
  CHECK(reason() == "is at least serious");
  rule.min_negative = 0.8;
  CHECK(reason() == "is at least serious and reaches P(negative) - P(positive) = 0.8");
  rule.events = {"insolvency", "fraud", "recall"};
  CHECK(reason() ==
        "is at least serious, tells of insolvency, fraud or recall and reaches P(negative) - P(positive) = 0.8");
  rule.min_negative.reset();
  CHECK(reason() == "is at least serious and tells of insolvency, fraud or recall");
  rule.min_gravity.reset();
  CHECK(reason() == "tells of insolvency, fraud or recall");
  rule.min_negative = 0.8;
  rule.events = {"fraud"};
  CHECK(reason() == "tells of fraud and reaches P(negative) - P(positive) = 0.8");
  rule.events.clear();
  CHECK(reason() == "reaches P(negative) - P(positive) = 0.8");
}

TEST_CASE("a mean that fires is an alarm, and one that does not is none") {
  const RuleOptions rule = measure_rule(Measure::mean_sentiment, "1 per month");
  TrendDetector detector({rule});
  const auto rows = quiet_stream({.series = 2, .days = 16, .largest_rate = 3.0, .other_share = 2.0}, 11);
  run(detector, rows, false);
  TimePoint at = after(rows);
  bool fired = false;
  for (int story = 0; story < 200 && !fired; ++story, at += 2min) {
    fired = count_type(detector.observe(news(at, "company-0", "negative", 900'000 + story)), "alert.firing") > 0;
    const Judgement now = explained(detector, rule);
    if (fired) break;
    CHECK_FALSE(any_alarm(now));
    const WindowJudgement* nearest = nearest_to_alarm(now);
    REQUIRE(nearest != nullptr);
    if (nearest->bound) CHECK(nearest->mean->observed > *nearest->bound);
    if (story == 30) CHECK(reason_of(now, rule).find("mean sentiment -0.") == 0);
  }
  CHECK(fired);
}

TEST_CASE("a silence fires when its reason said it would") {
  const RuleOptions rule = measure_rule(Measure::no_data, "1 per month");
  TrendDetector detector({rule});
  const auto rows = quiet_stream({.series = 3, .days = 16}, 5);
  TimePoint at = rows.front().at;
  for (const Observation& row : rows) {
    for (; at + 5min < row.at; at += 5min) detector.tick(0, at + 5min);  // so that time is watched
    detector.observe(row);
  }
  const Judgement silent = explained(detector, rule);
  REQUIRE(silent.state == AlertState::resolved);
  REQUIRE(silent.fires_at);
  CHECK(reason_of(silent, rule).find("silence until 2026-01-2") != std::string::npos);
  for (at = after(rows); at < *silent.fires_at; at += 1min) {
    detector.tick(0, at);
    CHECK(explained(detector, rule).state == AlertState::resolved);
  }
  detector.tick(0, *silent.fires_at);
  CHECK(explained(detector, rule).state == AlertState::firing);
}
