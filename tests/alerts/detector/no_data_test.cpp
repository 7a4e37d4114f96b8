// The measure `no_data`: silence that is improbable for its series.
#include "tests/alerts/detector/news_stream.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch::alerts;
using namespace tapewatch::alerts::test;

namespace {

RuleOptions silence_rule(const std::string& budget = "1 per year") { return measure_rule(Measure::no_data, budget); }

/// Six companies that speak by day and on weekdays.
std::vector<Observation> office_hours(int days, std::uint64_t seed) {
  StreamOptions options;
  options.series = 6;
  options.days = days;
  options.largest_rate = 30.0;
  options.daily_swing = 1.0;
  options.weekend = 0.05;
  return quiet_stream(options, seed);
}

void fall_silent(std::vector<Observation>& rows, const std::string& company, TimePoint from, TimePoint to) {
  std::erase_if(rows,
                [&](const Observation& row) { return row.entities[0].id == company && row.at >= from && row.at < to; });
}

/// Sources that speak in clumps: a story draws another one after it with this probability, some twenty minutes later.
std::vector<Observation> clumps(int sources, int weeks, double clumps_an_hour, double another, std::uint64_t seed) {
  Dice dice(seed);
  std::vector<Observation> rows;
  for (int source = 0; source < sources; ++source) {
    for (double hour = dice.exponential() / clumps_an_hour; hour < weeks * 168.0;) {
      double at = hour;
      do {
        const TimePoint time = kMonday + std::chrono::milliseconds{static_cast<std::int64_t>(at * 3.6e6)};
        rows.push_back(news(time, "company-" + std::to_string(source), "neutral", 0));
        at += dice.exponential() / 3.0;
      } while (dice.uniform() < another);
      const double of_day = std::fmod(hour, 24.0);
      const double pace = of_day < 7.0 ? 0.4 : of_day < 19.0 ? 1.4 : 0.9;
      hour += dice.exponential() / (clumps_an_hour * pace);
    }
  }
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].seq = rows[i].story_id = static_cast<std::int64_t>(i + 1);
    rows[i].story_key = "story-" + std::to_string(i);
  }
  return rows;
}

/// The alarms of a stream whose time passes as a daemon's does: a tick wherever nothing came for five minutes.
std::size_t alarms(const RuleOptions& rule, const std::vector<Observation>& rows) {
  TrendDetector detector({rule});
  std::vector<Transition> all;
  const auto take = [&](std::vector<Transition> told) { all.insert(all.end(), told.begin(), told.end()); };
  for (const Observation& row : rows) {
    while (detector.event_time() >= kMonday && detector.event_time() + 5min < row.at) {
      take(detector.tick(0, detector.event_time() + 5min));
    }
    take(detector.observe(row));
  }
  return static_cast<std::size_t>(count_type(all, "alert.firing"));
}

}  // namespace

TEST_CASE("neither nights nor week-ends are silence") {
  TrendDetector detector({silence_rule("1 per month")});
  auto all = run(detector, office_hours(28, 5));
  std::erase_if(all, [](const Transition& t) { return t.started_at >= kMonday + 28 * 24h; });  // no row comes any more
  std::string told;
  for (const Transition& t : all) told += t.summary + "\n";
  INFO(told);
  CHECK(count_type(all, "alert.firing") <= 3);  // one is allowed
}

TEST_CASE("news that come in clumps keep the budget: their gaps are longer") {
  StreamOptions options;
  options.series = 6;
  options.days = 42;
  options.largest_rate = 30.0;
  options.gamma_shape = 2.0;
  TrendDetector detector({silence_rule("1 per week")});
  auto all = run(detector, quiet_stream(options, 9));
  std::erase_if(all, [](const Transition& t) { return t.started_at >= kMonday + 42 * 24h; });
  CHECK(count_type(all, "alert.firing") >= 1);
  CHECK(count_type(all, "alert.firing") <= 15);  // six are allowed; by Poisson's gaps there would be some fifty
}

TEST_CASE("30 sources that speak in clumps spend their budget and no more: what clumps add to long gaps is learned") {
  constexpr int kWeeks = 20;
  const std::size_t fired = alarms(silence_rule("30 per week"), clumps(30, kWeeks, 1.33, 1.0 / 3.0, 3));
  CHECK(fired >= 30 * kWeeks / 2);
  CHECK(fired <= 30 * kWeeks * 11 / 10);
}

TEST_CASE("30 sources that speak five times a day spend their budget, too") {
  constexpr int kWeeks = 20;
  const std::size_t fired = alarms(silence_rule("30 per week"), clumps(30, kWeeks, 0.2, 0.0, 4));
  CHECK(fired >= 30 * kWeeks / 2);
  CHECK(fired <= 30 * kWeeks * 11 / 10);
}

TEST_CASE("a series that normally speaks falls silent, and the next document ends it") {
  auto rows = office_hours(21, 6);
  const TimePoint from = kMonday + 16 * 24h + 10h, to = from + 6h;  // a Wednesday, ten o'clock
  fall_silent(rows, "company-1", from, to);
  std::erase_if(rows, [&](const Observation& row) { return row.at > to + 3h; });
  TrendDetector detector({silence_rule()});
  const auto all = run(detector, rows);
  REQUIRE(!all.empty());
  const Transition& fired = all.front();
  CHECK(fired.type == "alert.firing");
  CHECK(fired.measure == Measure::no_data);
  CHECK(fired.key.at("entity") == "company-1");
  CHECK(fired.started_at > from);
  CHECK(fired.started_at < from + 3h);
  CHECK(fired.evidence.observed == 0);
  CHECK(fired.evidence.expected > 8.0);
  CHECK(fired.evidence.interval_low > 0);
  CHECK(fired.evidence.p_value <= fired.evidence.p_threshold * 1.5);
  CHECK(fired.evidence.window_start <= from);
  CHECK(fired.summary.find("The company-1 Company: silent for ") == 0);
  REQUIRE(all.size() >= 2);
  const Transition& ended = all[1];
  CHECK(ended.type == "alert.resolved");
  CHECK(ended.alert_id == fired.alert_id);
  CHECK(ended.ended_at.value() >= to);
  CHECK(ended.ended_at.value() < to + 1h);
  CHECK(ended.summary.find("The company-1 Company: heard again after 6 hours") == 0);
}

TEST_CASE("what was never heard is not watched, nor what speaks too seldom") {
  TrendDetector detector({silence_rule()});
  std::vector<Transition> all;
  for (int day = 0; day < 60; ++day) {  // every tenth day a story
    const TimePoint start = kMonday + day * 24h;
    if (day % 10 == 0) detector.observe(news(start, "acme", "neutral", day + 1));
    for (int minute = 5; minute < 1440; minute += 5) {
      for (Transition& t : detector.tick(0, start + std::chrono::minutes{minute})) all.push_back(std::move(t));
    }
  }
  CHECK(all.empty());
}

TEST_CASE("time that nobody watched is no silence") {
  auto rows = office_hours(21, 7);
  const TimePoint stop = kMonday + 16 * 24h + 10h;
  std::erase_if(rows, [&](const Observation& row) { return row.at > stop; });
  TrendDetector detector({silence_rule()});
  run(detector, rows, false);
  std::vector<Transition> all = detector.tick(0, stop + 4h);  // the daemon was down for four hours of a working day
  for (int minute = 1; minute <= 5; ++minute) {
    for (Transition& t : detector.tick(0, stop + 4h + std::chrono::minutes{minute})) all.push_back(std::move(t));
  }
  CHECK(all.empty());
}

TEST_CASE("a silence that stays is accepted, and the alert says so") {
  auto rows = office_hours(14, 8);
  const TimePoint from = kMonday + 8 * 24h + 10h;
  fall_silent(rows, "company-0", from, kMonday + 1000 * 24h);
  TrendDetector detector({silence_rule()});
  auto all = run(detector, rows);
  for (int minute = 0; minute < 20 * 1440; minute += 5) {
    for (Transition& t : detector.tick(0, kMonday + 14 * 24h + std::chrono::minutes{minute})) {
      all.push_back(std::move(t));
    }
  }
  const auto end = std::find_if(all.begin(), all.end(), [](const Transition& t) {
    return t.type == "alert.resolved" && t.key.at("entity") == "company-0";
  });
  REQUIRE(end != all.end());
  CHECK(end->reason == "new level");
  CHECK(end->summary.find("no longer expected to speak") != std::string::npos);
  CHECK(count_type(std::vector<Transition>(end + 1, all.end()), "alert.resolved") <= 5);  // the others' 20 days
}
