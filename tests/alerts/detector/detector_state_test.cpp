// A restored detector behaves to the byte like the one that ran on.
#include <map>

#include "alerts/detector/blob.hpp"
#include "tests/alerts/detector/calendar_support.hpp"
#include "tests/alerts/detector/news_stream.hpp"
#include "tests/alerts/detector/state_support.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch::alerts;
using namespace tapewatch::alerts::test;

namespace {

/// The keys of the rows that are not the same in both.
std::vector<std::string> differing(Shelf& a, Shelf& b) {
  std::vector<std::string> keys;
  for (const auto& [key, blob] : a.rows()) {
    const auto other = b.rows().find(key);
    if (other == b.rows().end() || other->second != blob) keys.push_back(key.first + " " + key.second);
  }
  for (const auto& [key, blob] : b.rows()) {
    if (!a.rows().contains(key)) keys.push_back(key.first + " " + key.second);
  }
  return keys;
}

std::string text_of(const std::vector<Transition>& all) {
  std::string text;
  for (const Transition& t : all) {
    text += t.alert_id + " " + std::to_string(t.sequence) + " " + t.type + " " + std::string(to_string(t.state)) + " " +
            std::to_string(t.updated_at.time_since_epoch().count()) + " " + t.summary + " " +
            evidence_json(t.evidence) + " " + t.kept_back_by + "\n";
  }
  return text;
}

std::vector<RuleOptions> rules() {
  RuleOptions slow = entity_rule();
  slow.name = "whole";
  slow.group_by = {};
  slow.pending_for = 10min;
  RuleOptions local = entity_rule();
  local.name = "local";
  keep_london(local);
  CalendarEntry away = entry_for(local_day(2026, 1, 6), local_day(2026, 1, 6)), sunday = away, unlearned = away;
  away.notify = false;
  sunday.days = {{local_day(2026, 1, 8), local_day(2026, 1, 9)}};
  sunday.as = std::chrono::Sunday;
  unlearned.days = sunday.days;
  unlearned.entity = {"company-5", "company-6"};
  unlearned.learn = false;
  local.calendar_entries = {away, sunday, unlearned};
  return {entity_rule(), slow, local};
}

}  // namespace

TEST_CASE("cut the stream anywhere, restore, and nothing is different") {
  const auto rows = eventful_stream();
  TrendDetector whole(rules());
  std::vector<Transition> expected;
  for (const Observation& row : rows) {
    for (Transition& t : whole.observe(row)) expected.push_back(std::move(t));
  }
  REQUIRE(count_type(expected, "alert.firing") >= 2);
  REQUIRE(std::any_of(expected.begin(), expected.end(), [](const Transition& t) { return t.late; }));
  REQUIRE(std::any_of(expected.begin(), expected.end(), [](const Transition& t) { return !t.kept_back_by.empty(); }));
  Shelf whole_shelf;
  whole_shelf.save(whole);

  for (const std::size_t every : {1u, 37u, 1000u}) {  // commits of so many rows, a restart after each fourth
    const auto middle = [&](std::size_t i) { return every == 1 && i >= 100 && i + 400 < rows.size(); };
    TrendDetector detector(rules());
    std::vector<Transition> got;
    Shelf shelf;
    std::size_t commits = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (Transition& t : detector.observe(rows[i])) got.push_back(std::move(t));
      if (middle(i) || (i + 1) % every != 0) continue;
      shelf.save(detector);
      if (++commits % 4 != 0) continue;
      TrendDetector again(rules());
      again.restore(shelf.load());
      detector = std::move(again);
    }
    shelf.save(detector);
    INFO("every " << every);
    CHECK(text_of(got) == text_of(expected));
    CHECK(differing(shelf, whole_shelf) == std::vector<std::string>());
  }
}

TEST_CASE("so it is with every measure: cut anywhere, restore, and nothing is different") {
  StreamOptions options;
  options.series = 4;
  options.days = 12;
  options.largest_rate = 8.0;
  options.other_share = 2.0;
  auto rows = quiet_stream(options, 78);
  const TimePoint fall = kMonday + 9 * 24h;
  for (Observation& row : rows) {
    if (row.entities[0].id != "company-1" || row.at < fall || row.at > fall + 12h) continue;
    row.entities[0].label = Label::negative;
    row.entities[0].sentiment = -0.9;
  }
  std::erase_if(rows, [&](const Observation& row) {
    return row.entities[0].id == "company-0" && row.at > kMonday + 10 * 24h + 8h && row.at < kMonday + 10 * 24h + 16h;
  });
  for (std::size_t i = 0; i < rows.size(); i += 500) rows[i].entities[0].sentiment = -0.97;  // grave, where negative
  std::vector<RuleOptions> each;
  for (const Measure measure : {Measure::mean_sentiment, Measure::story, Measure::no_data}) {
    RuleOptions rule = entity_rule();
    rule.name = to_string(measure);
    rule.measure = measure;
    if (measure == Measure::story) rule.min_negative = 0.95;
    each.push_back(rule);
  }
  const auto feed = [&](TrendDetector& detector, auto after_each) {
    std::vector<Transition> got;
    TimePoint clock = rows.front().at;
    std::size_t steps = 0;
    const auto add = [&](std::vector<Transition> some) {
      for (Transition& t : some) got.push_back(std::move(t));
      after_each(++steps);
    };
    for (const Observation& row : rows) {
      for (; clock + 5min < row.at; clock += 5min) add(detector.tick(0, clock + 5min));
      add(detector.observe(row));
    }
    return got;
  };
  TrendDetector whole(each);
  const auto expected = feed(whole, [](std::size_t) {});
  for (const RuleOptions& rule : each) {
    INFO(rule.name);
    CHECK(std::any_of(expected.begin(), expected.end(),
                      [&](const Transition& t) { return t.rule == rule.name && t.type == "alert.resolved"; }));
  }
  Shelf whole_shelf;
  whole_shelf.save(whole);
  TrendDetector detector(each);
  Shelf shelf;
  const auto got = feed(detector, [&](std::size_t step) {
    if (step % 41 != 0) return;
    shelf.save(detector);
    if (step % 164 != 0) return;
    TrendDetector again(each);
    again.restore(shelf.load());
    detector = std::move(again);
  });
  shelf.save(detector);
  CHECK(text_of(got) == text_of(expected));
  CHECK(differing(shelf, whole_shelf) == std::vector<std::string>());

  // A rule that watches something else by now: its alerts end as what they were.
  each[0].measure = Measure::negative_stories;
  TrendDetector other(each);
  CHECK_NOTHROW(other.restore(shelf.load()));
}

TEST_CASE("two runs over the same rows write the same bytes") {
  const auto rows = eventful_stream();
  Shelf first, second;
  for (Shelf* shelf : {&first, &second}) {
    TrendDetector detector(rules());
    run(detector, rows);
    shelf->save(detector);
  }
  CHECK(differing(first, second) == std::vector<std::string>());
}

TEST_CASE("a commit writes what it touched, and stays small") {
  const auto rows = eventful_stream();
  TrendDetector detector({entity_rule()});
  for (std::size_t i = 0; i + 1 < rows.size(); ++i) detector.observe(rows[i]);
  detector.take_dirty();
  Observation row = rows.back();
  detector.observe(row);
  std::size_t bytes = 0;
  for (const SeriesState& part : detector.take_dirty()) {
    bytes += part.blob.size();
    CHECK((part.key.empty() || part.key.find(row.entities[0].id) != std::string::npos));
  }
  CHECK(bytes < 20'000);
  CHECK(detector.take_dirty().empty());
}

TEST_CASE("a damaged state is refused, whatever is wrong with it") {
  const auto rows = eventful_stream();
  TrendDetector before({entity_rule()});
  run(before, rows, false);
  Shelf shelf;
  shelf.save(before);
  const auto states = shelf.load();
  for (std::size_t i = 0; i < states.size(); ++i) {
    auto cut = states;
    cut[i].blob.resize(cut[i].blob.size() - 1);
    TrendDetector detector({entity_rule()});
    INFO(states[i].key);
    CHECK_THROWS_AS(detector.restore(cut), DetectorStateError);
    CHECK(detector.event_time() == TimePoint{});
    auto other_version = states;
    other_version[i].blob[0] = 99;
    CHECK_THROWS_AS(detector.restore(other_version), DetectorStateError);
  }
  auto headless = states;
  std::erase_if(headless, [](const SeriesState& s) { return s.key.empty(); });
  TrendDetector detector({entity_rule()});
  CHECK_THROWS_AS(detector.restore(headless), DetectorStateError);
}

TEST_CASE("history that was fed in silence leaves no alert open, and the next story of a surge tells of it") {
  auto rows = eventful_stream();
  std::erase_if(rows, [](const Observation& row) { return row.at > kMonday + 41h; });
  TrendDetector rebuilt({entity_rule()});
  REQUIRE(count_type(run(rebuilt, rows, false), "alert.firing") == 1);
  rebuilt.conclude_history();
  CHECK_FALSE(rebuilt.read("negative-burst", {{"entity", "company-3"}}, 15min)->firing);
  Shelf shelf;
  shelf.save(rebuilt);
  TrendDetector after({entity_rule()});
  after.restore(shelf.load());
  CHECK(after.settle().empty());
  CHECK(after.tick(0, rebuilt.event_time() + 1min).empty());
  CHECK(count_type(after.observe(news(rebuilt.event_time() + 2min, "company-3", "negative", 900'001)),
                   "alert.firing") == 1);
}

namespace {

/// The state as the first version of the format wrote it, as far as a later one reads it: a rule's head, and a series
/// with its key, its names and its alert.
std::vector<SeriesState> first_version(const RuleOptions& rule, const std::string& company, TimePoint started,
                                       const std::string& alert_id) {
  const std::string key = "{\"entity\":\"" + company + "\"}";
  const std::int64_t ms = started.time_since_epoch().count();
  BlobWriter head;
  head.text("2\nnegative_stories");
  head.i64(ms);
  head.text("critical");
  head.text("");
  head.u32(0);
  BlobWriter series;
  series.u32(1);
  series.text("entity");
  series.text(company);
  series.text("The " + company + " Company");
  series.text("test-1");
  series.u8(2);  // firing
  series.text(alert_id);
  series.i64(1);
  series.i64(ms);
  series.i64(ms);
  for (int optional = 0; optional < 1; ++optional) series.u8(0), series.i64(0);
  for (const std::int64_t v : {ms / 60'000 - 15, ms / 60'000 - 15, ms / 60'000, std::int64_t{15}}) series.i64(v);
  for (const std::uint64_t v : {9ul, 0ul, 1ul}) series.u64(v);
  for (const double v : {0.1, 1.0, 1e-9, 1e-6}) series.f64(v);
  for (const std::uint64_t v : {9ul, 9ul, 9ul, 9ul}) series.u64(v);
  series.u8(0);
  series.i64(0);
  series.u32(0);
  std::vector<SeriesState> states = {{rule.name, "", head.take()}, {rule.name, key, series.take()}};
  states.push_back({rule.name, key + "#s", std::string("\1", 1)});
  for (SeriesState& state : states) state.blob[0] = 1;
  return states;
}

}  // namespace

TEST_CASE("a state of an earlier version is learned anew, and its open alert goes on under its id") {
  auto rows = eventful_stream();
  std::erase_if(rows, [](const Observation& row) { return row.at > kMonday + 40h + 45min; });
  const std::string id = "0123456789abcdef01234567";
  for (const bool surging : {true, false}) {
    const std::string company = surging ? "company-3" : "company-2";
    TrendDetector old({entity_rule()});
    old.restore(first_version(entity_rule(), company, kMonday + 40h + 10min, id));
    REQUIRE(old.unfitted().size() == 1);
    CHECK(old.unfitted()[0].why == UnfittedRule::Why::other_version);
    const auto carried = old.carried_alerts();
    REQUIRE(carried.size() == 1);
    CHECK(old.settle().empty());
    CHECK(old.take_dirty().size() == 3);  // the old parts are deleted

    TrendDetector rebuilt({entity_rule()});
    run(rebuilt, rows, false);
    const auto ended = rebuilt.conclude_history(carried);
    CHECK(ended.size() == (surging ? 0 : 1));
    const auto later = surging ? rebuilt.tick(0, kMonday + 60h) : ended;
    REQUIRE(later.size() >= 1);
    CHECK(later.back().type == "alert.resolved");
    CHECK(later.back().reason == "calm");
    CHECK(later.back().alert_id == id);
    CHECK(later.back().sequence >= 2);
    CHECK(later.back().started_at == kMonday + 40h + 10min);
  }
}
