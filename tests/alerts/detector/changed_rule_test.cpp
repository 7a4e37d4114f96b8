// What a rule that was changed, or is gone, makes of what it had learned and of its open alerts.
#include "tests/alerts/detector/news_stream.hpp"
#include "tests/alerts/detector/state_support.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch::alerts;
using namespace tapewatch::alerts::test;

TEST_CASE("a rule that is gone ends what it had open, and its state is deleted with that") {
  auto rows = eventful_stream();
  std::erase_if(rows, [](const Observation& row) { return row.at > kMonday + 41h; });
  TrendDetector before({entity_rule()});
  REQUIRE(count_type(run(before, rows, false), "alert.firing") == 1);
  Shelf shelf;
  shelf.save(before);

  TrendDetector after(std::vector<RuleOptions>{});
  after.restore(shelf.load());
  CHECK(after.take_dirty().empty());  // nothing is deleted before the end was told
  const auto ended = after.tick(0, kMonday + 42h);
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].type == "alert.resolved");
  CHECK(ended[0].reason == "reconfigured");
  CHECK(ended[0].key.at("entity") == "company-3");
  CHECK(ended[0].severity == "critical");
  shelf.save(after);
  CHECK(shelf.rows().empty());
  CHECK(after.tick(0, kMonday + 43h).empty());
}

TEST_CASE("a rule that watches something else learns anew; what is open there too goes on under its id") {
  auto rows = eventful_stream();
  std::erase_if(rows, [](const Observation& row) { return row.at > kMonday + 40h + 45min; });
  TrendDetector before({entity_rule()});
  const auto told = run(before, rows, false);
  REQUIRE(count_type(told, "alert.firing") == 1);
  REQUIRE(count_type(told, "alert.resolved") == 0);
  const auto state = before.take_dirty();

  RuleOptions selected = entity_rule(), elsewhere = entity_rule(), means = entity_rule(), topics = entity_rule();
  selected.where.entity = {"company-2", "company-3"};
  elsewhere.where.entity = {"company-1"};
  means.measure = Measure::mean_sentiment;
  topics.group_by = {"topic"};
  for (const auto& [rule, goes_on] : {std::pair{selected, true}, {means, false}, {elsewhere, false}, {topics, false}}) {
    INFO(rule.where.entity.size() << " " << to_string(rule.measure) << " " << rule.group_by.front());
    TrendDetector after({rule});
    after.restore(state);
    REQUIRE(after.unfitted().size() == 1);
    CHECK(after.unfitted()[0].why == UnfittedRule::Why::other_definition);
    CHECK(after.settle().empty());
    const auto carried = after.carried_alerts();
    REQUIRE(carried.size() == 1);

    TrendDetector rebuilt({rule});
    run(rebuilt, rows, false);
    const auto ended = rebuilt.conclude_history(carried);
    if (!goes_on) {
      REQUIRE(ended.size() == 1);
      CHECK(ended[0].type == "alert.resolved");
      CHECK(ended[0].reason == "reconfigured");
      CHECK(ended[0].summary.find("negative stories") != std::string::npos);  // what it was about
      CHECK(ended[0].alert_id == told[0].alert_id);
      CHECK(ended[0].sequence == told.back().sequence + 1);
      continue;
    }
    CHECK(ended.empty());
    std::vector<Transition> rest;
    for (int hour = 1; hour < 48; ++hour) {
      for (Transition& t : rebuilt.tick(0, kMonday + 41h + std::chrono::hours{hour})) rest.push_back(std::move(t));
    }
    REQUIRE_FALSE(rest.empty());
    CHECK(rest.front().sequence == told.back().sequence + 1);
    CHECK(rest.back().type == "alert.resolved");
    CHECK(rest.back().reason == "calm");
    for (const auto& step : rest) CHECK(step.alert_id == told[0].alert_id);
  }
}

TEST_CASE(
    "after another group_by an alert goes on in the series that is a part of its own, or the whole, and says so") {
  auto rows = eventful_stream();
  std::erase_if(rows, [](const Observation& row) { return row.at > kMonday + 40h + 45min; });
  const auto rule_by = [](std::vector<std::string> group_by) {
    RuleOptions rule = entity_rule();
    rule.group_by = std::move(group_by);
    return rule;
  };
  struct Case {
    std::vector<std::string> from, to;
    std::map<std::string, std::string> key;  // empty: it ends
  };
  const std::vector<Case> cases = {{{"entity"}, {"entity", "source"}, {{"entity", "company-3"}, {"source", "wire"}}},
                                   {{"entity"}, {"topic", "entity"}, {{"entity", "company-3"}, {"topic", "earnings"}}},
                                   {{"topic", "entity"}, {"entity"}, {{"entity", "company-3"}}},
                                   {{"entity"}, {"topic"}, {}},
                                   {{"entity"}, {"source"}, {}}};
  for (const auto& [from, to, key] : cases) {
    INFO(from.size() << " " << to.size() << " " << to.front());
    TrendDetector before({rule_by(from)});
    const auto told = run(before, rows, false);
    REQUIRE(count_type(told, "alert.firing") == 1);
    TrendDetector after({rule_by(to)});
    after.restore(before.take_dirty());
    TrendDetector rebuilt({rule_by(to)});
    run(rebuilt, rows, false);
    const auto steps = rebuilt.conclude_history(after.carried_alerts());
    REQUIRE(steps.size() == 1);
    CHECK(steps[0].alert_id == told[0].alert_id);
    CHECK(steps[0].sequence == told.back().sequence + 1);
    CHECK(steps[0].type == (key.empty() ? "alert.resolved" : "alert.updated"));
    CHECK(steps[0].reason == (key.empty() ? "reconfigured" : ""));
    if (key.empty()) continue;
    CHECK(steps[0].key == key);
    CHECK(rebuilt.open_alerts().size() == 1);
    const auto rest = rebuilt.tick(0, kMonday + 70h);
    REQUIRE_FALSE(rest.empty());
    CHECK(rest.front().sequence == steps[0].sequence + 1);
    CHECK(rest.back().reason == "calm");
    for (const auto& step : rest) CHECK(step.alert_id == told[0].alert_id);
  }
}

TEST_CASE("what is no alarm's definition may change without starting anew") {
  const auto rows = eventful_stream();
  TrendDetector before({entity_rule()});
  run(before, rows, false);
  Shelf shelf;
  shelf.save(before);
  RuleOptions other = entity_rule();
  other.min_stories = 9;
  other.severity = "info";
  other.false_alarms = {2.0, 24h};
  TrendDetector after({other});
  after.restore(shelf.load());
  CHECK(after.read(other.name, {{"entity", "company-1"}}, 15min)->warm);
}

TEST_CASE("a rule that is judged otherwise keeps what it learned, and its open alerts go on in its new words") {
  auto rows = eventful_stream();
  std::erase_if(rows, [](const Observation& row) { return row.at > kMonday + 40h + 45min; });
  TrendDetector before({entity_rule()});
  const auto told = run(before, rows, false);
  REQUIRE(count_type(told, "alert.firing") == 1);
  REQUIRE(count_type(told, "alert.resolved") == 0);
  Shelf shelf;
  shelf.save(before);

  RuleOptions other = entity_rule();
  other.min_stories = 9;
  other.severity = "info";
  other.labels = {{"team", "night"}};
  TrendDetector after({other});
  after.restore(shelf.load());
  CHECK(after.unfitted().empty());
  CHECK(after.settle().empty());
  CHECK(after.carried_alerts().empty());
  shelf.save(after);
  TrendDetector again({other});
  again.restore(shelf.load());
  CHECK(again.take_dirty().empty());
  for (int i = 1; i < 4; ++i) {
    const std::map<std::string, std::string> key = {{"entity", "company-" + std::to_string(i)}};
    CHECK(again.read("negative-burst", key, 15min)->expected == before.read("negative-burst", key, 15min)->expected);
    CHECK(again.read("negative-burst", key, 15min)->warm);
    CHECK(again.read("negative-burst", key, 15min)->firing == (i == 3));
  }
  const auto rest = again.tick(0, kMonday + 70h);
  REQUIRE_FALSE(rest.empty());
  CHECK(rest.back().reason == "calm");
  CHECK(rest.back().alert_id == told[0].alert_id);
  CHECK(rest.front().sequence == told.back().sequence + 1);
  CHECK(rest.back().severity == "info");
  CHECK(rest.back().labels == other.labels);
}

TEST_CASE("which rules are left without a state, and why") {
  auto rows = eventful_stream();
  DetectorOptions options;
  options.model_version = "test-1";
  TrendDetector before({entity_rule()}, options);
  run(before, rows, false);
  Shelf shelf;
  shelf.save(before);
  const auto why = [&](const RuleOptions& rule, const DetectorOptions& with) {
    TrendDetector after({rule}, with);
    after.restore(shelf.load());
    const auto unfitted = after.unfitted();
    return unfitted.empty() ? std::optional<UnfittedRule::Why>() : unfitted.at(0).why;
  };
  CHECK_FALSE(why(entity_rule(), options));
  RuleOptions other = entity_rule();
  other.windows = {10min};
  CHECK(why(other, options) == UnfittedRule::Why::other_definition);
  other.name = "another";
  CHECK(why(other, options) == UnfittedRule::Why::no_state);
  DetectorOptions other_model = options;
  other_model.model_version = "test-2";
  CHECK(why(entity_rule(), other_model) == UnfittedRule::Why::other_model);
}

TEST_CASE("a state says which model it was learned from, and another model's rules carry its open alerts") {
  DetectorOptions options;
  options.model_version = "test-1";
  TrendDetector before({entity_rule()}, options);
  auto rows = eventful_stream();
  std::erase_if(rows, [](const Observation& row) { return row.at > kMonday + 40h + 45min; });
  run(before, rows, false);
  const auto open = before.open_alerts();
  REQUIRE(open.size() == 1);
  Shelf shelf;
  shelf.save(before);
  CHECK(learned_model(shelf.load()) == "test-1");
  CHECK_FALSE(learned_model({}));

  options.model_version = "test-2";
  TrendDetector after({entity_rule()}, options);
  after.restore(shelf.load());
  CHECK(after.settle().empty());
  const auto carried = after.carried_alerts();
  REQUIRE(carried.size() == 1);
  CHECK_FALSE(carried[0].redefined_from);
  // Taught by the same news, the new model's rule sees the same surge.
  TrendDetector taught({entity_rule()}, options);
  run(taught, rows, false);
  CHECK(taught.conclude_history(carried).empty());
  REQUIRE(taught.open_alerts().size() == 1);
  CHECK(taught.open_alerts()[0].alert_id == open[0].alert_id);
  CHECK(taught.open_alerts()[0].sequence == open[0].sequence);
}
