#include "alerts/rules/calendar_options.hpp"

#include "alerts/rules/rule_options.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch::alerts;
using std::chrono::local_days;
using std::chrono::year;

namespace {

local_days day(int of_year, unsigned month, unsigned of_month) {
  return local_days{year{of_year} / std::chrono::month{month} / std::chrono::day{of_month}};
}

CalendarEntry christmas() {
  CalendarEntry entry;
  entry.name = "holidays";
  entry.days = {{day(2026, 12, 25), day(2026, 12, 26)}};
  entry.as = std::chrono::Sunday;
  return entry;
}

}  // namespace

TEST_CASE("days are written as in RFC 3339, ranges with two points") {
  CHECK(parse_days("2026-12-25") == DayRange{day(2026, 12, 25), day(2026, 12, 25)});
  CHECK(parse_days("2026-12-31..2027-01-02") == DayRange{day(2026, 12, 31), day(2027, 1, 2)});
  CHECK(parse_days("2028-02-29") == DayRange{day(2028, 2, 29), day(2028, 2, 29)});
  for (const char* wrong :
       {"", "2026-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "2026-12-25 ", "25.12.2026", "2026-12-25..",
        "..2026-12-25", "2026-12-25...2026-12-26", "2026-12-25T00:00:00Z", "+026-12-25", "2026-12--5", "1969-12-31"}) {
    INFO(wrong);
    CHECK_FALSE(parse_days(wrong));
  }
}

TEST_CASE("a range begins before it ends and is no longer than a year") {
  CHECK_FALSE(validate(DayRange{day(2026, 1, 1), day(2026, 12, 31)}));
  CHECK(validate(DayRange{day(2026, 12, 26), day(2026, 12, 25)})->find("ends before it begins") == 0);
  CHECK(validate(DayRange{day(2026, 1, 1), day(2027, 1, 2)})->find("longer than 366 days") != std::string::npos);
}

TEST_CASE("weekdays have their names") {
  CHECK(parse_weekday("sunday") == std::chrono::Sunday);
  CHECK(parse_weekday("saturday") == std::chrono::Saturday);
  CHECK(to_string(std::chrono::Monday) == "monday");
  CHECK_FALSE(parse_weekday("Sunday"));
}

TEST_CASE("an entry says what it changes, without contradiction") {
  CHECK_FALSE(validate(christmas()));
  CalendarEntry entry = christmas();
  entry.learn = false;
  CHECK(validate(entry)->find("learn = false and as = \"sunday\" contradict") == 0);
  entry.as.reset();
  CHECK_FALSE(validate(entry));
  entry.learn = true;
  CHECK(validate(entry)->find("it changes nothing") == 0);
  entry.notify = false;
  CHECK_FALSE(validate(entry));
  entry.days.clear();
  CHECK(validate(entry)->find("days names no day") == 0);
}

TEST_CASE("an entry that could never concern the rule is refused") {
  RuleOptions rule;
  rule.name = "r";
  rule.group_by = {"entity"};
  rule.calendar_entries = {christmas()};
  CHECK_FALSE(validate(rule));
  rule.calendar_entries[0].topic = {"earnings"};
  CHECK(validate(rule)->find("the calendar 'holidays' has an entry for topic \"earnings\", which is about no series") ==
        0);
  rule.where.topic = {"earnings"};
  CHECK_FALSE(validate(rule));
  rule.where.topic = {"earnings", "macro"};
  CHECK(validate(rule));
  rule.group_by = {"topic"};
  CHECK_FALSE(validate(rule));
  rule.where.topic = {"macro"};
  CHECK(validate(rule));
}

TEST_CASE("what a measure cannot leave out of learning yet is refused") {
  RuleOptions rule;
  rule.name = "r";
  rule.measure = Measure::mean_sentiment;
  rule.calendar_entries = {christmas()};
  CHECK_FALSE(calendar_problem(rule));
  rule.calendar_entries[0].as.reset();
  rule.calendar_entries[0].learn = false;
  CHECK(calendar_problem(rule)->find("not in this version for the measure mean_sentiment") != std::string::npos);
}

TEST_CASE("a zone comes with its clock") {
  RuleOptions rule;
  rule.name = "r";
  rule.tz = "Europe/London";
  CHECK(validate(rule) == "nothing is known of the time zone \"Europe/London\"");
  rule.clock.changes = {{std::chrono::sys_seconds{}, std::chrono::seconds{0}}};
  CHECK_FALSE(validate(rule));
}
