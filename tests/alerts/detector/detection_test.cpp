#include "tests/alerts/detector/news_stream.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch::alerts;
using namespace tapewatch::alerts::test;

namespace {

/// Like the sample wire: 12 companies, about 12 headlines an hour, a third of them negative, for 48 hours.
std::vector<Observation> wire(std::uint64_t seed, TimePoint start = kMonday) {
  StreamOptions options;
  options.series = 12;
  options.days = 2;
  options.largest_rate = 1.3;  // 4 negative stories an hour in all
  options.daily_swing = 0.5;
  options.weekend = 1.0;
  options.other_share = 2.0;
  options.start = start;
  return quiet_stream(options, seed);
}

RuleOptions weekly_rule() {
  RuleOptions rule = entity_rule();
  rule.false_alarms = parse_false_alarms("1 per week").value();
  return rule;
}

std::vector<Transition> only(const std::vector<Transition>& all, const std::string& type) {
  std::vector<Transition> some;
  for (const Transition& t : all) {
    if (t.type == type) some.push_back(t);
  }
  return some;
}

}  // namespace

TEST_CASE("the planted surge fires, once, and nothing else does") {
  int soon = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    auto rows = wire(seed);
    const TimePoint surge = kMonday + 43h + 10min;
    plant(rows, "company-4", "negative", surge, 50min, 25, 2);
    plant(rows, "company-7", "positive", kMonday + 45h, 50min, 25, 1);
    TrendDetector detector({entity_rule()});
    const auto all = run(detector, rows);
    const auto fired = only(all, "alert.firing");
    INFO("seed " << seed);
    REQUIRE(fired.size() == 1);
    CHECK(fired[0].key == std::map<std::string, std::string>{{"entity", "company-4"}});
    CHECK(fired[0].started_at >= surge);
    CHECK(fired[0].started_at <= surge + 40min);
    if (fired[0].started_at <= surge + 20min) ++soon;
    CHECK(fired[0].sequence == 1);
    CHECK(fired[0].evidence.observed >= 5);
    CHECK(fired[0].evidence.expected < 1.0);
    CHECK(fired[0].evidence.observed > fired[0].evidence.interval_high);
    CHECK(fired[0].evidence.document_count > fired[0].evidence.story_count);
    CHECK(fired[0].evidence.top_stories.size() == 5);
    CHECK(fired[0].evidence.top_stories[0].documents >= 2);

    const auto resolved = only(all, "alert.resolved");
    REQUIRE(resolved.size() == 1);
    CHECK(resolved[0].alert_id == fired[0].alert_id);
    CHECK(resolved[0].reason == "calm");
    CHECK(resolved[0].evidence.story_count >= 25);
    CHECK(resolved[0].evidence.document_count >= 75);
    CHECK(resolved[0].ended_at.value() >= surge + 50min);
    CHECK(resolved[0].ended_at.value() <= surge + 6h);
    const auto updated = only(all, "alert.updated");
    CHECK(updated.size() <= 3);
  }
  CHECK(soon >= 9);
}

TEST_CASE("the surge fires wherever and whenever it is, on weekdays and weekends") {
  for (const auto start : {kMonday, kMonday + 4 * 24h, kMonday + 6 * 24h}) {
    for (int hour = 14; hour < 46; hour += 6) {
      auto rows = wire(static_cast<std::uint64_t>(hour), start);
      const std::string company = "company-" + std::to_string(hour % 12);
      plant(rows, company, "negative", start + std::chrono::hours{hour}, 50min, 25);
      TrendDetector detector({weekly_rule()});
      const auto fired = only(run(detector, rows), "alert.firing");
      INFO("hour " << hour);
      CHECK(std::count_if(fired.begin(), fired.end(), [&](const Transition& t) {
              return t.key.at("entity") == company && t.started_at >= start + std::chrono::hours{hour};
            }) == 1);
    }
  }
}

TEST_CASE("good news never fires, and without a surge nothing does") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    auto rows = wire(seed);
    TrendDetector quiet({entity_rule()});
    CHECK(count_type(run(quiet, rows), "alert.firing") == 0);
    plant(rows, "company-2", "positive", kMonday + 40h, 30min, 60, 1);
    plant(rows, "company-3", "neutral", kMonday + 44h, 30min, 60, 1);
    TrendDetector good({entity_rule()});
    CHECK(run(good, rows).empty());
  }
}

TEST_CASE("a forty-fold reprint is one story and no alarm") {
  auto rows = wire(3);
  plant(rows, "company-5", "negative", kMonday + 40h, 5min, 2, 40);
  TrendDetector detector({entity_rule()});
  CHECK(run(detector, rows).empty());
}

TEST_CASE("nine stories about one of fifty companies within half an hour alert on the first day") {
  int found = 0, others = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    StreamOptions options;
    options.series = 50;
    options.days = 1;
    options.largest_rate = 1.3;
    auto rows = quiet_stream(options, seed);
    const std::string company = "company-" + std::to_string(10 + seed * 3);
    plant(rows, company, "negative", kMonday + std::chrono::hours{seed + 1}, 30min, 9);
    TrendDetector detector({weekly_rule()});
    int hits = 0;
    for (const Transition& t : only(run(detector, rows), "alert.firing")) {
      hits += t.key.at("entity") == company;
      others += t.key.at("entity") != company;
      CHECK(t.evidence.warming);
    }
    found += hits > 0;
  }
  CHECK(found >= 8);
  CHECK(others <= 4);  // 1.4 are allowed
}

TEST_CASE("no alarm below min_stories") {
  auto few = wire(4);
  plant(few, "company-11", "negative", kMonday + 40h, 10min, 6);
  RuleOptions strict = entity_rule();
  strict.min_stories = 30;
  TrendDetector detector_few({strict});
  CHECK(count_type(run(detector_few, few), "alert.firing") == 0);
}

TEST_CASE("a company never heard of before is judged by what its peers are used to") {
  auto rows = wire(5);
  plant(rows, "newcomer", "negative", kMonday + 40h, 45min, 20);
  TrendDetector detector({entity_rule()});
  const auto fired = only(run(detector, rows), "alert.firing");
  REQUIRE(fired.size() == 1);
  CHECK(fired[0].key.at("entity") == "newcomer");
}

TEST_CASE("an outbreak does not become normal: the same one a day later fires again") {
  StreamOptions options;
  options.series = 12;
  options.days = 10;
  options.largest_rate = 1.3;
  auto rows = quiet_stream(options, 6);
  // Each at an hour of its own: what comes at the same hour day after day is the rhythm.
  for (const int day : {4, 5, 6, 7}) {
    plant(rows, "company-6", "negative", kMonday + day * 24h + std::chrono::hours{day * 5 % 12 + 8}, 50min, 25);
  }
  TrendDetector detector({entity_rule()});
  const auto fired = only(run(detector, rows), "alert.firing");
  REQUIRE(fired.size() == 4);
  CHECK(fired[3].evidence.expected < 4.0 * fired[0].evidence.expected + 1.0);
}

TEST_CASE("news that always comes on the hour is the rhythm, not a surge") {
  std::vector<Observation> rows;
  Dice dice(7);
  std::int64_t story = 1;
  for (int hour = 0; hour < 14 * 24; ++hour) {
    const TimePoint start = kMonday + std::chrono::hours{hour};
    const int at_once = static_cast<int>(8 * dice.uniform());  // up to seven within two minutes
    for (int i = 0; i < at_once; ++i) rows.push_back(news(start + 1s * (15 * i), "company-0", "negative", story++));
    if (dice.uniform() < 0.5) rows.push_back(news(start + 30min, "company-0", "negative", story++));
  }
  RuleOptions rule = entity_rule();
  rule.cool_down = 0min;
  TrendDetector detector({rule});
  CHECK(count_type(run(detector, rows), "alert.firing") <= 2);
}

TEST_CASE("a column of every working day's morning is no news from its third day on, twice as much of it is") {
  int later = 0, surges = 0;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    StreamOptions options;
    options.series = 1;
    options.largest_rate = 0.1;
    options.days = 8 * 7;
    auto rows = quiet_stream(options, seed);
    for (int day = 0; day < options.days; ++day) {
      const TimePoint morning = kMonday + day * 24h + 7h;
      if (day % 7 < 5) plant(rows, "company-0", "negative", morning, 10min, 9);
      if (day == options.days - 3) plant(rows, "company-0", "negative", morning + 20min, 10min, 20);
    }
    RuleOptions rule = entity_rule();
    rule.false_alarms = parse_false_alarms("1 per month").value();
    TrendDetector detector({rule});
    for (const Transition& t : only(run(detector, rows), "alert.firing")) {
      const auto day = (t.updated_at - kMonday) / 24h;
      later += day >= 7 && day != options.days - 3;
      surges += day == options.days - 3;
    }
  }
  CHECK(later <= 8);  // 7 are allowed; it was every morning
  CHECK(surges >= 3);
}

TEST_CASE("a source that was silent for days does not make normal news a surge") {
  StreamOptions options;
  options.days = 21;
  options.largest_rate = 10.0;
  auto rows = quiet_stream(options, 8);
  const TimePoint from = kMonday + 8 * 24h, to = kMonday + 11 * 24h + 9h;
  std::erase_if(rows, [&](const Observation& row) { return row.at > from && row.at < to; });
  TrendDetector detector({entity_rule()});
  CHECK(count_type(run(detector, rows, false), "alert.firing") == 0);  // no ticks either: the daemon was down
}
