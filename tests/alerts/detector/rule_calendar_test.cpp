#include "alerts/detector/rule_calendar.hpp"

#include "tests/alerts/detector/calendar_support.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch::alerts;
using namespace tapewatch::alerts::test;
using namespace std::chrono_literals;

namespace {

std::int64_t hour(int year, unsigned month, unsigned day, int of_day) {
  const std::chrono::sys_days date{std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day}};
  return std::chrono::hours{date.time_since_epoch()}.count() + of_day;
}

TimePoint at(int year, unsigned month, unsigned day, int of_day) {
  return TimePoint{std::chrono::hours{hour(year, month, day, of_day)}};
}

/// A rule by topic with two entries: Christmas for all, a week of earnings for one topic.
RuleOptions rule_with_calendar() {
  RuleOptions rule;
  rule.name = "r";
  rule.group_by = {"topic"};
  CalendarEntry christmas = entry_for(local_day(2026, 12, 25), local_day(2026, 12, 26));
  christmas.as = std::chrono::Sunday;
  CalendarEntry season = entry_for(local_day(2026, 10, 12), local_day(2026, 10, 16));
  season.name = "season";
  season.topic = {"earnings"};
  season.learn = false;
  season.notify = false;
  rule.calendar_entries = {christmas, season};
  return rule;
}

}  // namespace

TEST_CASE("a clock shows its hour before, between and after its changes") {
  const LocalClock clock = london();
  CHECK(clock.local_hour(hour(2026, 3, 29, 0)) == hour(2026, 3, 29, 0));
  CHECK(clock.local_hour(hour(2026, 3, 29, 1)) == hour(2026, 3, 29, 2));  // 01:00 is left out
  CHECK(clock.local_hour(hour(2026, 10, 25, 0)) == hour(2026, 10, 25, 1));
  CHECK(clock.local_hour(hour(2026, 10, 25, 1)) == hour(2026, 10, 25, 1));  // 01:00 comes twice
  CHECK(clock.local_hour(hour(2020, 7, 1, 5)) == hour(2020, 7, 1, 5));
  CHECK(LocalClock{}.local_hour(-7) == -7);
}

TEST_CASE("an hour of a clock that is half an hour off is the one that holds its middle") {
  const LocalClock kolkata{{{std::chrono::sys_seconds{}, 5h + 30min}}};
  CHECK(kolkata.local_hour(hour(2026, 1, 5, 18)) == hour(2026, 1, 6, 0));  // 23:30 to 00:30
  const LocalClock kathmandu{{{std::chrono::sys_seconds{}, 5h + 45min}}};
  CHECK(kathmandu.local_hour(hour(2026, 1, 5, 18)) == hour(2026, 1, 6, 0));
  const LocalClock newfoundland{{{std::chrono::sys_seconds{}, -(3h + 30min)}}};
  CHECK(newfoundland.local_hour(hour(2026, 1, 5, 3)) == hour(2026, 1, 5, 0));
}

TEST_CASE("the hour of the week is the clock's") {
  RuleOptions rule = rule_with_calendar();
  keep_london(rule);
  const RuleCalendar calendar(rule);
  CHECK(calendar.slot(hour(2026, 1, 5, 9)) == 9);
  CHECK(calendar.slot(hour(2026, 7, 6, 8)) == 9);
  CHECK(calendar.slot(hour(2026, 7, 5, 23)) == 0);  // Sunday in UTC
  CHECK(calendar.days_before(hour(2026, 3, 30, 8), 1) == hour(2026, 3, 29, 8));
  CHECK(calendar.days_before(hour(2026, 3, 30, 8), 2) == hour(2026, 3, 28, 9));
  CHECK(RuleCalendar().days_before(1000, 2) == 952);
}

TEST_CASE("a day counts as the day of the week that the calendar says, from local midnight to midnight") {
  RuleOptions rule = rule_with_calendar();
  rule.clock.changes = {{std::chrono::sys_seconds{}, 2h}};
  const RuleCalendar calendar(rule);
  const auto sunday = 6u * 24;
  CHECK(calendar.slot(hour(2026, 12, 24, 21)) == 3u * 24 + 23);
  CHECK(calendar.slot(hour(2026, 12, 24, 22)) == sunday);  // Friday, 00:00
  CHECK(calendar.slot(hour(2026, 12, 26, 21)) == sunday + 23);
  CHECK(calendar.slot(hour(2026, 12, 26, 22)) == sunday);  // a Sunday of its own
  CHECK(calendar.slot(hour(2026, 12, 27, 22)) == 0);
}

TEST_CASE("entries for some series concern those") {
  const RuleCalendar calendar(rule_with_calendar());
  const auto earnings = calendar.about({{"topic", "earnings"}}), macro = calendar.about({{"topic", "macro"}});
  const std::int64_t in_season = hour(2026, 10, 14, 12);
  CHECK_FALSE(calendar.day(in_season, earnings).learn);
  CHECK_FALSE(calendar.day(in_season, earnings).notify);
  CHECK(calendar.day(in_season, macro).learn);
  CHECK(calendar.day(in_season).learn);
  CHECK(calendar.has_own_say(in_season, earnings));
  CHECK_FALSE(calendar.has_own_say(in_season, macro));
  CHECK_FALSE(calendar.has_own_say(hour(2026, 12, 25, 12), earnings));
  CHECK(calendar.day(hour(2026, 12, 25, 12), macro).as == std::chrono::Sunday);
  CHECK(calendar.keeps_back(at(2026, 10, 16, 23), earnings) == "season");
  CHECK(calendar.keeps_back(at(2026, 10, 17, 0), earnings).empty());
  CHECK(calendar.keeps_back(at(2026, 10, 16, 23), macro).empty());
}

TEST_CASE("a rule that selects what an entry is about is concerned without grouping by it") {
  RuleOptions rule = rule_with_calendar();
  rule.group_by = {};
  rule.where.topic = {"earnings"};
  CHECK(RuleCalendar(rule).about({}) != 0);
  rule.where.topic = {"earnings", "macro"};
  CHECK(RuleCalendar(rule).about({}) == 0);
}

TEST_CASE("several entries on one day add up; the first that names a day of the week is obeyed") {
  RuleOptions rule = rule_with_calendar();
  CalendarEntry closed = entry_for(local_day(2026, 12, 20), local_day(2027, 1, 3));
  closed.notify = false;
  CalendarEntry saturday = entry_for(local_day(2026, 12, 26), local_day(2026, 12, 26));
  saturday.as = std::chrono::Saturday;
  rule.calendar_entries.push_back(closed);
  rule.calendar_entries.push_back(saturday);
  const RuleCalendar::Day day = RuleCalendar(rule).day(hour(2026, 12, 26, 12));
  CHECK(day.learn);
  CHECK_FALSE(day.notify);
  CHECK(day.as == std::chrono::Sunday);
}

TEST_CASE("the notes are of the window's days and of the moment, each entry once, a few at most") {
  const RuleCalendar calendar(rule_with_calendar());
  const auto notes = calendar.notes(at(2026, 12, 24, 12), at(2026, 12, 26, 12), at(2026, 12, 27, 0), 0);
  REQUIRE(notes.size() == 1);
  CHECK(notes[0].name == "holidays");
  CHECK(notes[0].day == local_day(2026, 12, 25));
  CHECK(calendar.notes(at(2026, 12, 24, 0), at(2026, 12, 24, 1), at(2026, 12, 24, 2), 0).empty());
  CHECK(calendar.notes(at(2026, 12, 20, 0), at(2026, 12, 20, 1), at(2026, 12, 26, 2), 0).size() == 1);

  RuleOptions crowded = rule_with_calendar();
  crowded.calendar_entries.resize(1);
  for (int i = 0; i < 20; ++i) crowded.calendar_entries.push_back(crowded.calendar_entries[0]);
  const TimePoint christmas = at(2026, 12, 25, 12);
  CHECK(RuleCalendar(crowded).notes(christmas, christmas, christmas, 0).size() == kMostCalendarNotes);
}

TEST_CASE("the fingerprint changes with what was learned, not with days to come, names or who is told") {
  const TimePoint now = at(2026, 11, 1, 0);
  RuleOptions plain;
  CHECK(RuleCalendar(plain).fingerprint(now).empty());
  const RuleOptions rule = rule_with_calendar();
  const std::string before = RuleCalendar(rule).fingerprint(now);
  CHECK_FALSE(before.empty());
  CHECK(RuleCalendar::is_fingerprint(before));
  CHECK(RuleCalendar::is_fingerprint(""));
  CHECK_FALSE(RuleCalendar::is_fingerprint("\t10080"));
  CHECK(RuleCalendar(rule).fingerprint(at(2026, 12, 25, 0)) != before);

  RuleOptions other = rule;
  other.calendar_entries[0].days.push_back({local_day(2027, 12, 25), local_day(2027, 12, 26)});
  other.calendar_entries[1].name = "reports";
  other.calendar_entries[1].notify = true;
  CHECK(RuleCalendar(other).fingerprint(now) == before);
  other.calendar_entries[1].topic = {"macro"};
  CHECK(RuleCalendar(other).fingerprint(now) != before);
  other = rule;
  other.calendar_entries[1].days[0].last = local_day(2026, 10, 15);
  CHECK(RuleCalendar(other).fingerprint(now) != before);
  other = rule;
  keep_london(other);
  CHECK(RuleCalendar(other).fingerprint(now) != before);
}
