// A rule on its own clock, with days that are not like others.
#include "alerts/delivery/webhook_options.hpp"
#include "alerts/formats/webhook_message.hpp"
#include "tests/alerts/detector/calendar_support.hpp"
#include "tests/alerts/detector/news_stream.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch::alerts;
using namespace tapewatch::alerts::test;

namespace {

const std::map<std::string, std::string> kCompany = {{"entity", "company-0"}};

/// `days` days of a company with `rate` stories an hour, sixteen times as many at 14:00 of London's clock as at 02:00.
std::vector<Observation> londons_day(TimePoint from, int days, double rate, std::uint64_t seed) {
  const LocalClock clock = london();
  Dice dice(seed);
  std::vector<Observation> rows;
  std::int64_t story = 1;
  for (int hour = 0; hour < days * 24; ++hour) {
    const TimePoint start = from + std::chrono::hours{hour};
    const auto local = clock.local_hour(std::chrono::floor<std::chrono::hours>(start.time_since_epoch()).count());
    const double angle = 6.283185307179586 * (static_cast<double>(local % 24) - 14.0) / 24.0;
    const double now = rate * std::exp(0.5 * std::log(16.0) * std::cos(angle)) / 1.55;
    for (double t = dice.exponential() / now; t < 1.0; t += dice.exponential() / now) {
      rows.push_back(news(start + std::chrono::milliseconds{static_cast<std::int64_t>(t * 3.6e6)}, "company-0",
                          "negative", story++));
    }
  }
  return rows;
}

/// One company, six stories an hour, three tenths of them at weekends and on the tenth Wednesday, 11 March.
std::vector<Observation> news_with_a_holiday(int days) {
  StreamOptions options;
  options.series = 1;
  options.days = days;
  options.largest_rate = 6.0;
  auto rows = quiet_stream(options, 5);
  Dice dice(8);
  std::erase_if(rows, [&](const Observation& row) {
    return std::chrono::floor<std::chrono::days>(row.at) == kMonday + 65 * 24h && dice.uniform() > options.weekend;
  });
  return rows;
}

RuleOptions rule_with(CalendarEntry entry) {
  RuleOptions rule = entity_rule();
  rule.calendar_entries = {std::move(entry)};
  return rule;
}

CalendarEntry holiday() { return entry_for(local_day(2026, 3, 11), local_day(2026, 3, 11)); }

/// What an hour is expected to bring, after all rows up to it.
double expected_at(const RuleOptions& rule, const std::vector<Observation>& rows, TimePoint at) {
  TrendDetector detector({rule});
  for (const Observation& row : rows) {
    if (row.at < at) detector.observe(row);
  }
  detector.tick(0, at - 1ms);
  return detector.read(rule.name, kCompany, 1h).value().expected;
}

std::vector<Transition> fired(const std::vector<Transition>& all) {
  std::vector<Transition> out;
  std::copy_if(all.begin(), all.end(), std::back_inserter(out),
               [](const Transition& t) { return t.type == "alert.firing"; });
  return out;
}

bool is_sent(const Transition& t) { return wants(WebhookOptions{}, t); }

}  // namespace

TEST_CASE("a change of daylight saving is no news to a rule on the clock that the news follow") {
  const TimePoint change = TimePoint{std::chrono::sys_days{std::chrono::year{2026} / 3 / 29}};
  const auto rows = londons_day(change - 41 * 24h, 48, 40.0, 11);
  RuleOptions utc = entity_rule(), local = entity_rule();
  keep_london(local);
  TrendDetector on_utc({utc}), on_local({local});
  CHECK(fired(run(on_local, rows, false)).empty());
  const auto false_alarms = fired(run(on_utc, rows, false));
  CHECK_FALSE(false_alarms.empty());
  for (const Transition& t : false_alarms) CHECK(t.started_at >= change);
}

TEST_CASE("a day that counts as a Sunday is expected to be like one, and spoils no later Wednesday") {
  const auto rows = news_with_a_holiday(80);
  CalendarEntry as_sunday = holiday(), unlearned = holiday();
  as_sunday.as = std::chrono::Sunday;
  unlearned.learn = false;
  const TimePoint noon = kMonday + 65 * 24h + 13h;
  const double plain = expected_at(entity_rule(), rows, noon);
  CHECK(expected_at(rule_with(as_sunday), rows, noon) < 0.5 * plain);
  CHECK(expected_at(rule_with(unlearned), rows, noon) == Approx(plain).epsilon(0.1));

  const double after = expected_at(entity_rule(), rows, noon + 7 * 24h);
  CHECK(expected_at(rule_with(as_sunday), rows, noon + 7 * 24h) > 1.02 * after);
  CHECK(expected_at(rule_with(unlearned), rows, noon + 7 * 24h) > 1.02 * after);
}

TEST_CASE("a day that is only left out of learning is judged") {
  CalendarEntry entry = holiday();
  entry.learn = false;
  auto rows = news_with_a_holiday(67);
  plant(rows, "company-0", "negative", kMonday + 65 * 24h + 9h, 10h, 300);
  TrendDetector detector({rule_with(entry)});
  const auto alerts = fired(run(detector, rows));
  REQUIRE(alerts.size() == 1);
  REQUIRE(alerts[0].evidence.calendar.size() == 1);
  const CalendarNote& note = alerts[0].evidence.calendar[0];
  CHECK(note.name == "holidays");
  CHECK(note.day == local_day(2026, 3, 11));
  CHECK_FALSE(note.learn);
  CHECK(evidence_json(alerts[0].evidence)
            .find(R"("calendar":[{"name":"holidays","day":"2026-03-11","learn":false,"notify":true,"as":null}])") !=
        std::string::npos);
  CHECK(is_sent(alerts[0]));
}

TEST_CASE("what fires on a day of which nobody is told is recorded, and told when the day is over if it lasts") {
  RuleOptions rule = entity_rule();
  keep_london(rule);
  CalendarEntry entry = entry_for(local_day(2026, 4, 8), local_day(2026, 4, 9));  // summer time: 23:00 to 23:00 UTC
  entry.notify = false;
  rule.calendar_entries = {entry};
  StreamOptions options;
  options.series = 2;
  options.days = 12;
  options.largest_rate = 1.0;
  options.start = kMonday + 84 * 24h;  // 30 March
  const TimePoint end = TimePoint{std::chrono::sys_days{std::chrono::year{2026} / 4 / 9}} + 23h;
  for (const bool lasts : {false, true}) {
    auto rows = quiet_stream(options, 21);
    plant(rows, "company-1", "negative", end - (lasts ? 4h : 20h), lasts ? 6h : 3h, lasts ? 60 : 30);
    TrendDetector detector({rule});
    const auto all = run(detector, rows);
    REQUIRE(all.size() >= 2);
    INFO((lasts ? "lasts" : "ends"));
    CHECK(all[0].type == "alert.firing");
    std::size_t told_anew = 0;
    for (const Transition& t : all) {
      INFO(t.type << " " << t.sequence << " " << t.summary);
      CHECK(t.alert_id == all[0].alert_id);
      const bool quiet = t.updated_at < end;
      CHECK(t.kept_back_by == (quiet ? "holidays" : ""));
      CHECK(is_sent(t) == !quiet);
      if (!quiet && t.type == "alert.firing") {
        ++told_anew;
        CHECK(t.updated_at == end);
        CHECK(t.started_at == all[0].started_at);
      }
    }
    CHECK(told_anew == (lasts ? 1 : 0));
    CHECK(all.back().type == "alert.resolved");
  }
}

TEST_CASE("an alert that was told goes on being told on such a day") {
  CalendarEntry entry = entry_for(local_day(2026, 1, 8), local_day(2026, 1, 8));
  entry.notify = false;
  StreamOptions options;
  options.series = 2;
  options.days = 6;
  options.largest_rate = 1.0;
  auto rows = quiet_stream(options, 3);
  plant(rows, "company-1", "negative", kMonday + 70h, 6h, 60);
  TrendDetector detector({rule_with(entry)});
  const auto all = run(detector, rows);
  REQUIRE(all.size() >= 2);
  CHECK(all.back().updated_at > kMonday + 72h);
  for (const Transition& t : all) CHECK(is_sent(t));
}

TEST_CASE("an entry for one company leaves the others as they are") {
  CalendarEntry entry = entry_for(local_day(2026, 2, 4), local_day(2026, 2, 4));
  entry.entity = {"company-0"};
  entry.as = std::chrono::Sunday;
  StreamOptions options;
  options.series = 3;
  options.days = 32;
  options.largest_rate = 6.0;
  const auto rows = quiet_stream(options, 13);
  const TimePoint noon = kMonday + 30 * 24h + 13h;
  const auto expected = [&](const RuleOptions& rule, const std::string& company) {
    TrendDetector detector({rule});
    for (const Observation& row : rows) {
      if (row.at < noon) detector.observe(row);
    }
    detector.tick(0, noon - 1ms);
    return detector.read(rule.name, {{"entity", company}}, 1h).value().expected;
  };
  CHECK(expected(rule_with(entry), "company-0") < 0.6 * expected(entity_rule(), "company-0"));
  CHECK(expected(rule_with(entry), "company-1") == Approx(expected(entity_rule(), "company-1")).epsilon(0.01));
}

TEST_CASE("another clock is learned anew, under the alert that is open") {
  StreamOptions options;
  options.series = 3;
  options.days = 5;
  auto rows = quiet_stream(options, 17);
  plant(rows, "company-2", "negative", kMonday + 110h, 9h, 90);
  std::erase_if(rows, [](const Observation& row) { return row.at > kMonday + 118h; });
  TrendDetector before({entity_rule()});
  const auto told = run(before, rows, false);
  REQUIRE(count_type(told, "alert.firing") == 1);
  REQUIRE(count_type(told, "alert.resolved") == 0);
  const auto state = before.take_dirty();

  RuleOptions rule = entity_rule();
  keep_london(rule);
  TrendDetector after({rule});
  after.restore(state);
  REQUIRE(after.unfitted().size() == 1);
  CHECK(after.unfitted()[0].why == UnfittedRule::Why::other_definition);
  CHECK(after.settle().empty());
  REQUIRE(after.carried_alerts().size() == 1);

  TrendDetector rebuilt({rule});
  run(rebuilt, rows, false);
  CHECK(rebuilt.conclude_history(after.carried_alerts()).empty());
  std::vector<Transition> rest;
  for (int minute = 1; minute < 2000; ++minute) {
    for (Transition& t : rebuilt.tick(0, kMonday + 118h + std::chrono::minutes{minute})) rest.push_back(std::move(t));
  }
  REQUIRE(count_type(rest, "alert.resolved") == 1);
  CHECK(rest.back().alert_id == told[0].alert_id);
  CHECK(rest.back().sequence == told.back().sequence + 1);
}

TEST_CASE("days to come and calendars' names change nothing that was learned") {
  StreamOptions options;
  options.days = 3;
  const auto rows = quiet_stream(options, 19);
  CalendarEntry entry = entry_for(local_day(2026, 1, 6), local_day(2026, 1, 6));
  entry.learn = false;
  TrendDetector before({rule_with(entry)});
  run(before, rows, false);
  const auto state = before.take_dirty();
  entry.name = "closed";
  entry.notify = false;
  entry.days.push_back({local_day(2027, 1, 6), local_day(2027, 1, 6)});
  TrendDetector after({rule_with(entry)});
  after.restore(state);
  CHECK(after.unfitted().empty());
  entry.days[0].last = local_day(2026, 1, 7);
  TrendDetector other({rule_with(entry)});
  other.restore(state);
  CHECK(other.unfitted().size() == 1);
}
