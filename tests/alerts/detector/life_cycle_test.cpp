#include <set>

#include "alerts/detector/alert_state.hpp"
#include "alerts/detector/negative_binomial.hpp"
#include "tests/alerts/detector/news_stream.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch::alerts;
using namespace tapewatch::alerts::test;

namespace {

std::vector<Observation> history(std::uint64_t seed = 3) {
  StreamOptions options;
  options.series = 6;
  options.days = 3;
  options.largest_rate = 1.0;
  return quiet_stream(options, seed);
}

std::vector<std::string> types_of(const std::vector<Transition>& all, const std::string& company) {
  std::vector<std::string> types;
  for (const Transition& t : all) {
    if (t.key.at("entity") == company) types.push_back(t.type.empty() ? std::string(to_string(t.state)) : t.type);
  }
  return types;
}

/// Hours from the last story of a slow surge to the end of its alert: a series of a story a day has three a day for a
/// week.
double hours_to_calm(const std::string& budget, std::uint64_t seed) {
  RuleOptions rule = measure_rule(Measure::negative_stories, budget);
  rule.min_stories = 2;
  TrendDetector detector({rule});
  Dice dice(seed);
  constexpr int kQuiet = 60 * 24, kSurge = 7 * 24;
  std::int64_t story = 0;
  TimePoint last{};
  for (int hour = 0; hour < kQuiet + kSurge + 30 * 24; ++hour) {
    const TimePoint at = kMonday + std::chrono::hours{hour};
    for (const Transition& told : detector.tick(0, at)) {
      if (last != TimePoint{} && hour >= kQuiet + kSurge && told.type == "alert.resolved") {
        return std::chrono::duration<double, std::chrono::hours::period>(told.updated_at - last).count();
      }
    }
    const bool surges = hour >= kQuiet && hour < kQuiet + kSurge && hour % 8 == 0;
    if (!surges && (hour >= kQuiet || dice.uniform() > 1.0 / 24)) continue;
    detector.observe(news(last = at + 5min, "acme", "negative", ++story));
  }
  return -1.0;
}

}  // namespace

TEST_CASE("transitions of an alert are numbered without gaps and carry one id") {
  auto rows = history();
  plant(rows, "company-1", "negative", kMonday + 60h, 45min, 30, 1);
  TrendDetector detector({entity_rule()});
  const auto all = run(detector, rows);
  REQUIRE(all.size() >= 3);
  for (std::size_t i = 0; i < all.size(); ++i) {
    CHECK(all[i].sequence == static_cast<std::int64_t>(i + 1));
    CHECK(all[i].alert_id == all[0].alert_id);
    CHECK(all[i].alert_id.size() == 24);
    CHECK(all[i].started_at == all[0].started_at);
    if (i > 0) CHECK(all[i].updated_at >= all[i - 1].updated_at);
  }
  CHECK(all.front().type == "alert.firing");
  CHECK(all.back().type == "alert.resolved");
  CHECK_FALSE(all.front().ended_at);
  CHECK(all.back().ended_at);
  CHECK(all.front().summary.find("The company-1 Company: ") == 0);
  CHECK(all.front().summary.find(" negative stories in ") != std::string::npos);
}

TEST_CASE("the first message of an avalanche is corrected within a minute, however time is told") {
  for (const std::chrono::seconds fired_after : {0s, 17s, 44s, 52s, 59s}) {
    // Five stories fire; forty follow within twenty seconds, and then nothing more comes.
    auto rows = history();
    std::erase_if(rows, [](const Observation& row) { return row.at >= kMonday + 60h; });
    const TimePoint start = kMonday + 60h + fired_after;
    for (int i = 0; i < 45; ++i) {
      rows.push_back(news(start + i * 500ms, "company-1", "negative", 2'000'000 + i));
      if (i % 2 == 1) rows.back().source = "other-wire";
    }
    std::vector<TimePoint> told;
    for (const std::chrono::milliseconds step : {700ms, 5'000ms, 60'000ms}) {
      TrendDetector detector({entity_rule()});
      auto all = run(detector, rows, false);
      for (TimePoint at = rows.back().at; at < start + 10min; at += step) {
        for (Transition& t : detector.tick(0, at)) all.push_back(std::move(t));
      }
      REQUIRE(all.size() >= 2);
      CHECK(all[0].type == "alert.firing");
      CHECK(all[0].evidence.story_count < 20);
      CHECK(all[1].type == "alert.updated");
      CHECK(all[1].updated_at > all[0].updated_at);
      CHECK(all[1].updated_at <= all[0].updated_at + 60s);
      CHECK(all[1].evidence.story_count == 45);
      CHECK(all[1].evidence.source_count == 2);
      CHECK(all[1].summary.find("45 negative stories so far") != std::string::npos);
      CHECK(count_type(all, "alert.updated") == 1);
      told.push_back(all[1].updated_at);
    }
    CHECK(told[0] == told[1]);
    CHECK(told[0] == told[2]);
  }
}

TEST_CASE("an alert is updated as it grows, at a bounded rate") {
  auto rows = history();
  plant(rows, "company-1", "negative", kMonday + 60h, 60min, 400);
  TrendDetector detector({entity_rule()});
  const auto all = run(detector, rows);
  const std::size_t updates = count_type(all, "alert.updated");
  CHECK(updates >= 3);
  CHECK(updates <= 12);
  for (std::size_t i = 1; i + 1 < all.size(); ++i) {
    INFO(i);
    const std::chrono::seconds least{i == 1 ? 30 : i == 2 ? 90 : 270};
    CHECK(all[i].updated_at - all[i - 1].updated_at >= least);
  }
}

TEST_CASE("evidence is of one window throughout; the episode's totals have names of their own") {
  auto rows = history();
  plant(rows, "company-1", "negative", kMonday + 60h, 3h, 120);
  TrendDetector detector({entity_rule()});
  const auto all = run(detector, rows);
  REQUIRE(count_type(all, "alert.updated") >= 1);
  for (const Transition& t : all) {
    const Evidence& e = t.evidence;
    INFO(t.type << " " << evidence_json(e));
    CHECK(e.window_end - e.window_start == e.window);
    std::set<std::int64_t> seen;  // told by then, with a vote in the window: counted from the rows themselves
    std::size_t negative = 0;
    for (const Observation& row : rows) {
      if (row.at > t.updated_at || row.entities.at(0).id != "company-1") continue;
      if (!seen.insert(row.story_id).second || row.label != Label::negative) continue;
      negative += row.at >= e.window_start && row.at < e.window_end;
    }
    CHECK(e.observed <= negative);
    CHECK(e.observed > e.interval_high);
    const CountDistribution expected{e.expected, e.dispersion};
    CHECK(e.p_value == Approx(upper_tail(expected, e.observed)));
    CHECK(e.interval_high == upper_quantile(expected, 0.025));
  }
}

TEST_CASE("a flickering surge is one alert") {
  auto rows = history();
  for (int burst = 0; burst < 5; ++burst) plant(rows, "company-1", "negative", kMonday + 60h + burst * 25min, 5min, 10);
  TrendDetector detector({entity_rule()});
  const auto all = run(detector, rows);
  CHECK(count_type(all, "alert.firing") == 1);
  CHECK(count_type(all, "alert.resolved") == 1);
}

TEST_CASE("the end does not depend on how often time is told") {
  auto rows = history();
  plant(rows, "company-1", "negative", kMonday + 60h, 45min, 30);
  std::erase_if(rows, [](const Observation& row) { return row.at > kMonday + 61h; });
  const auto end_with = [&](std::chrono::seconds step) {
    TrendDetector detector({entity_rule()});
    run(detector, rows, false);
    for (TimePoint at = kMonday + 61h;; at += step) {
      const auto out = detector.tick(0, at);
      for (const Transition& t : out) {
        if (t.type == "alert.resolved") return *t.ended_at;
      }
      REQUIRE(at < kMonday + 90h);
    }
  };
  CHECK(end_with(1s) == end_with(60s));
  CHECK(end_with(60s) == end_with(std::chrono::seconds{7 * 3600}));
}

TEST_CASE("where much is allowed, the alert of a sparse series is soon over") {
  double sum = 0.0;
  int ended = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    const double hours = hours_to_calm("1 per week", seed);
    if (hours < 0.0) continue;
    ++ended;
    sum += hours;
  }
  REQUIRE(ended >= 6);
  CHECK(sum / ended < 30.0);
}

TEST_CASE("pending is recorded, never sent, and becomes firing or nothing") {
  RuleOptions rule = entity_rule();
  rule.pending_for = 10min;
  auto rows = history();
  plant(rows, "company-1", "negative", kMonday + 60h, 45min, 40);
  TrendDetector detector({rule});
  const auto all = run(detector, rows);
  const auto types = types_of(all, "company-1");
  REQUIRE(types.size() >= 3);
  CHECK(types[0] == "pending");
  CHECK(types[1] == "alert.firing");
  CHECK(types.back() == "alert.resolved");
  CHECK(all[1].updated_at - all[0].updated_at >= 10min);
  CHECK(all[1].sequence == 2);

  RuleOptions long_pending = entity_rule();
  long_pending.pending_for = 3h;
  TrendDetector patient({long_pending});
  const auto short_lived = run(patient, rows);
  CHECK(types_of(short_lived, "company-1") == std::vector<std::string>{"pending", "resolved"});
  CHECK(short_lived.back().reason == "not confirmed");
}

TEST_CASE("nothing fires in the cool-down, a new surge after it does") {
  for (const std::chrono::minutes gap : {80min, 1500min}) {
    RuleOptions rule = entity_rule();
    rule.resolve_after = 10min;
    rule.cool_down = 12h;
    auto rows = history();
    plant(rows, "company-1", "negative", kMonday + 50h, 10min, 25);
    plant(rows, "company-1", "negative", kMonday + 50h + 10min + gap, 10min, 25);
    TrendDetector detector({rule});
    INFO(gap.count());
    CHECK(count_type(run(detector, rows), "alert.firing") == (gap > 12h ? 2 : 1));
  }
}

TEST_CASE("rows past max_lateness make a late alert, over at once, told to nobody") {
  auto rows = history();
  std::erase_if(rows, [](const Observation& row) { return row.at > kMonday + 66h; });
  TrendDetector detector({entity_rule()});
  run(detector, rows, false);
  std::vector<Observation> old;
  plant(old, "company-2", "negative", kMonday + 55h, 50min, 30);
  std::vector<Transition> all;
  for (Observation& row : old) {
    row.late = true;
    for (Transition& t : detector.observe(row)) all.push_back(std::move(t));
  }
  REQUIRE(all.size() == 2);
  CHECK(all[0].late);
  CHECK(all[0].state == AlertState::firing);
  CHECK(all[1].state == AlertState::resolved);
  CHECK(all[1].reason == "late");
  CHECK(all[0].started_at >= kMonday + 55h);
  CHECK(all[0].started_at <= kMonday + 56h);
  CHECK(detector.event_time() < kMonday + 67h);
  CHECK(detector.tick(0, kMonday + 67h).empty());
}

TEST_CASE("rows out of order but within max_lateness raise a live alert in their own time") {
  auto rows = history();
  std::erase_if(rows, [](const Observation& row) { return row.at > kMonday + 66h; });
  TrendDetector detector({entity_rule()});
  run(detector, rows, false);
  std::vector<Observation> feed;
  plant(feed, "company-2", "negative", kMonday + 64h + 10min, 20min, 25);
  std::reverse(feed.begin(), feed.end());  // newest first, as feeds come
  std::vector<Transition> all;
  for (Observation& row : feed) {
    for (Transition& t : detector.observe(row)) all.push_back(std::move(t));
  }
  REQUIRE(count_type(all, "alert.firing") == 1);
  CHECK_FALSE(all[0].late);
}

TEST_CASE("bounds: series, stories, forgotten series") {
  DetectorOptions options;
  options.max_series = 5;
  options.max_stories_per_series = 50;
  StreamOptions stream;
  stream.series = 8;
  stream.days = 2;
  TrendDetector detector({entity_rule()}, options);
  run(detector, quiet_stream(stream, 5), false);
  CHECK(detector.counters().series == 5);
  CHECK(detector.counters().dropped_series > 0);
  CHECK(detector.counters().forgotten_stories > 0);
  detector.observe(news(kMonday - 40 * 24h, "company-0", "negative", 99));
  CHECK(detector.counters().too_old == 1);

  detector.tick(0, kMonday + 24h * 80);
  CHECK(detector.counters().series == 0);
  std::size_t deleted = 0;
  for (const SeriesState& part : detector.take_dirty()) deleted += part.blob.empty();
  CHECK(deleted >= 15);
}

TEST_CASE("ticks are cheap with thousands of series") {
  TrendDetector detector({entity_rule()});
  for (int i = 0; i < 5000; ++i) {
    detector.observe(news(kMonday + 1s * i, "company-" + std::to_string(i), "negative", i + 1));
  }
  for (int second = 5000; second < 5000 + 3 * 3600; ++second) CHECK(detector.tick(0, kMonday + 1s * second).empty());
}
