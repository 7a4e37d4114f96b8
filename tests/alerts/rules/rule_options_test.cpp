#include "alerts/rules/rule_options.hpp"

#include "alerts/delivery/webhook_options.hpp"
#include "alerts/detector/recent_stories.hpp"
#include "alerts/detector/trend_detector.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch::alerts;
using namespace std::chrono_literals;

TEST_CASE("a budget is a number per period") {
  CHECK(parse_false_alarms("1 per week")->per == 168h);
  CHECK(parse_false_alarms("0.5 per day")->count == 0.5);
  CHECK(parse_false_alarms("2 per hour")->per == 1h);
  CHECK(parse_false_alarms("3 per month")->per == 720h);
  CHECK(parse_false_alarms("1 per year")->per == 8760h);
  for (const char* wrong :
       {"", "1", "per week", "0 per week", "-1 per week", "1 per fortnight", "1 per week ", " 1 per week",
        "1  per week", "one per week", "nan per week", "inf per day", "1e9 per day"}) {
    INFO(wrong);
    CHECK_FALSE(parse_false_alarms(wrong));
  }
}

TEST_CASE("a rule that cannot be run says why") {
  RuleOptions good;
  good.name = "r";
  CHECK_FALSE(validate(good));
  const auto wrong = [&](auto change) {
    RuleOptions rule = good;
    change(rule);
    return validate(rule).has_value();
  };
  CHECK(wrong([](RuleOptions& r) { r.name.clear(); }));
  CHECK(wrong([](RuleOptions& r) { r.severity = "high"; }));
  CHECK(wrong([](RuleOptions& r) { r.group_by = {"tag"}; }));
  CHECK(wrong([](RuleOptions& r) { r.group_by = {"topic", "topic"}; }));
  CHECK(wrong([](RuleOptions& r) { r.false_alarms.count = 0; }));
  CHECK(wrong([](RuleOptions& r) { r.min_stories = 0; }));
  CHECK(wrong([](RuleOptions& r) { r.resolve_after = 0ms; }));
  CHECK(wrong([](RuleOptions& r) { r.windows = {}; }));
  CHECK(wrong([](RuleOptions& r) { r.windows = {90s}; }));
  CHECK(wrong([](RuleOptions& r) { r.windows = {169h}; }));
  CHECK(wrong([](RuleOptions& r) { r.windows = {5h + 30min}; }));
  CHECK_FALSE(wrong([](RuleOptions& r) { r.windows = {150min, 5h, 168h}; }));
  CHECK(wrong([](RuleOptions& r) { r.labels["x"] = std::string(5000, 'x'); }));
  CHECK_THROWS_WITH(TrendDetector({good, good}), "alert rule \"r\" is there twice");
  good.severity = "high";
  CHECK_THROWS_WITH(TrendDetector({good}), Catch::Contains("alert rule \"r\": severity is one of"));
}

TEST_CASE("a webhook that cannot be used says why") {
  WebhookOptions hook;
  hook.name = "desk";
  hook.url = "https://alerts.example.com/hook";
  CHECK_FALSE(validate(hook));
  hook.url = "ftp://x";
  CHECK(validate(hook));
  hook.url = "http://localhost:1/";
  hook.events = {"opened"};
  CHECK(validate(hook));
  hook.events = {"firing"};
  hook.match["team"] = {};
  CHECK(validate(hook));
}

TEST_CASE("measures by their names, and the keys that mean something to each") {
  for (const std::string_view name : kMeasures) CHECK(to_string(parse_measure(name).value()) == name);
  CHECK(to_string(Measure::no_data) == "no_data");
  CHECK_FALSE(parse_measure("stories"));
  CHECK(applies("windows", Measure::mean_sentiment));
  CHECK_FALSE(applies("windows", Measure::no_data));
  CHECK_FALSE(applies("false_alarms", Measure::story));
  CHECK(applies("false_alarms", Measure::no_data));
  CHECK(applies("min_negative", Measure::story));
  CHECK_FALSE(applies("min_negative", Measure::negative_stories));
  for (const char* key : {"min_gravity", "events"}) {
    CHECK(applies(key, Measure::story));
    CHECK_FALSE(applies(key, Measure::mean_sentiment));
  }
  RuleOptions rule;
  rule.name = "r";
  CHECK_FALSE(validate(rule));
  rule.min_negative = 0.0;
  CHECK(validate(rule));
}

TEST_CASE("a rule of the measure story is about grave stories unless it says which") {
  RuleOptions rule;
  rule.name = "r";
  rule.measure = Measure::story;
  CHECK(validate(rule) == "the measure story needs min_gravity, events or min_negative");
  CHECK_THROWS_WITH(TrendDetector({rule}), Catch::Contains("needs min_gravity"));
  RuleOptions usual = rule, by_gravity = rule, by_event = rule, by_sentiment = rule, other;
  by_gravity.min_gravity = Gravity::grave;
  by_event.events = {"fraud"};
  by_sentiment.min_negative = 0.9;
  for (RuleOptions* each : {&usual, &by_gravity, &by_event, &by_sentiment, &other}) set_usual_gravity(*each);
  CHECK(usual.min_gravity == Gravity::grave);
  CHECK(usual.usual_gravity);
  CHECK_FALSE(validate(usual));
  CHECK_FALSE(by_gravity.usual_gravity);
  CHECK_FALSE(by_event.min_gravity);
  CHECK_FALSE(by_sentiment.min_gravity);
  CHECK_FALSE(other.min_gravity);

  for (RuleOptions* each : {&usual, &by_gravity, &by_event, &by_sentiment, &other}) without_risk_events(*each);
  CHECK(usual.min_negative == 0.95);
  CHECK_FALSE(usual.min_gravity);
  CHECK_FALSE(usual.usual_gravity);
  CHECK_FALSE(validate(usual));
  CHECK(by_gravity.min_gravity == Gravity::grave);
  CHECK_FALSE(by_gravity.min_negative);
  CHECK(by_event.events == std::vector<std::string>{"fraud"});
  CHECK_FALSE(by_event.min_negative);
  CHECK(by_sentiment.min_negative == 0.9);
  CHECK_FALSE(other.min_negative);
}

TEST_CASE("conditions of stories that cannot hold are refused") {
  RuleOptions rule;
  rule.name = "r";
  rule.measure = Measure::story;
  rule.min_gravity = Gravity::none;
  CHECK(validate(rule) == "min_gravity is minor, serious or grave");
  rule.min_gravity = Gravity::minor;
  CHECK_FALSE(validate(rule));
  rule.events = {"fraud", "recall"};
  CHECK_FALSE(validate(rule));
  rule.events.push_back("fraud");
  CHECK(validate(rule) == "events names \"fraud\" twice");
  rule.events.back().clear();
  CHECK(validate(rule) == "events holds an event without a name");
  rule.events.clear();
  for (std::size_t i = 0; i < kMostEvents; ++i) rule.events.push_back("event-" + std::to_string(i));
  CHECK_FALSE(validate(rule));
  rule.events.push_back("fraud");
  CHECK(validate(rule) == "events names more than 64 events");
  rule.events.clear();
  rule.min_negative = 1.01;
  CHECK(validate(rule) == "min_negative is above 0 and at most 1");
}

TEST_CASE("texts are cut between characters") {
  CHECK(cut_text("short", 5) == "short");
  CHECK(cut_text("\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC", 8) == "\xE2\x82\xAC\xE2\x80\xA6");
  CHECK(cut_text("abcdef", 2).empty());
}
