// A rule's zone and its calendars, as they are written.
#include "config/schema/rule.hpp"
#include "tests/config/config_text.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch;
using namespace tapewatch::config;
using namespace tapewatch::config::test;
using std::chrono::local_days;
using std::chrono::year;

namespace {

constexpr std::string_view kRule = "[[alerts.rule]]\nname='r'\ngroup_by=['entity']\n";

std::vector<std::string> errors_of_calendar(const std::string& lines) {
  return errors_of("[[alerts.calendar]]\n" + lines);
}

std::vector<std::string> one(std::string text) { return {std::move(text)}; }

}  // namespace

TEST_CASE("a rule keeps the clock of its zone") {
  const auto loaded = parse(std::string(kRule) + "tz='Europe/London'", {"t.toml", ".", "."});
  REQUIRE(loaded.ok());
  const alerts::RuleOptions& rule = loaded.config.rules[0];
  CHECK(rule.tz == "Europe/London");
  const auto ahead = [&](year y, unsigned month, unsigned day) {
    return rule.clock.ahead(std::chrono::sys_days{y / std::chrono::month{month} / std::chrono::day{day}});
  };
  CHECK(ahead(year{2026}, 1, 15) == std::chrono::hours{0});
  CHECK(ahead(year{2026}, 7, 15) == std::chrono::hours{1});
  CHECK(ahead(year{2036}, 7, 15) == std::chrono::hours{1});
  CHECK(ahead(year{1970}, 7, 15) == std::chrono::hours{1});
  const alerts::RuleOptions utc = parse(kRule, {"t.toml", ".", "."}).config.rules[0];
  CHECK(utc.tz == "UTC");
  CHECK(utc.clock.changes.empty());
  const auto kolkata = parse(std::string(kRule) + "tz='Asia/Kolkata'", {"t.toml", ".", "."}).config.rules[0].clock;
  CHECK(kolkata.ahead(std::chrono::sys_days{year{2026} / 1 / 1}) == std::chrono::minutes{330});
}

TEST_CASE("an unknown zone is named with the nearest one") {
  CHECK(errors_of(std::string(kRule) + "tz='Europe/Lodnon'") ==
        one("t.toml:4:4: alerts.rule[1].tz: \"Europe/Lodnon\" is not an IANA time zone; did you mean Europe/London?"));
  CHECK(errors_of(std::string(kRule) + "tz='localtime'").size() == 1);
  CHECK(errors_of(std::string(kRule) + "tz=1") ==
        one("t.toml:4:4: alerts.rule[1].tz: expected text, found a whole number"));
}

TEST_CASE("a rule has the entries of the calendars that it names, in the file's order") {
  const auto loaded =
      parse(std::string(kRule) +
                "calendar=['uk','quiet']\n"
                "[[alerts.calendar]]\nname='quiet'\ndays=['2026-12-24']\nnotify=false\n"
                "[[alerts.calendar]]\nname='us'\ndays=['2026-11-26']\nas='sunday'\n"
                "[[alerts.calendar]]\nname='uk'\ndays=[2026-12-25, '2026-12-31..2027-01-01']\nas='sunday'\n"
                "[[alerts.calendar]]\nname='uk'\ndays=['2026-12-28']\nlearn=false\nentity=['halden']\n",
            {"t.toml", ".", "."});
  for (const auto& error : loaded.errors) UNSCOPED_INFO(to_string(error));
  REQUIRE(loaded.ok());
  CHECK(loaded.config.calendars.size() == 4);
  const auto& entries = loaded.config.rules[0].calendar_entries;
  REQUIRE(entries.size() == 3);
  CHECK(entries[0].name == "quiet");
  CHECK_FALSE(entries[0].notify);
  CHECK(entries[0].learn);
  CHECK(entries[1].as == std::chrono::Sunday);
  CHECK(entries[1].days ==
        std::vector<alerts::DayRange>{{local_days{year{2026} / 12 / 25}, local_days{year{2026} / 12 / 25}},
                                      {local_days{year{2026} / 12 / 31}, local_days{year{2027} / 1 / 1}}});
  CHECK_FALSE(entries[2].learn);
  CHECK(entries[2].entity == std::vector<std::string>{"halden"});
  REQUIRE(loaded.references.size() == 1);
  CHECK(loaded.references[0].id == "halden");
  CHECK(loaded.references[0].line == 21);
}

TEST_CASE("a bad entry is refused at its place, with what to write") {
  CHECK(errors_of_calendar("name='c'\ndays=['2026-02-30']\nas='sunday'") ==
        one("t.toml:3:7: alerts.calendar[1].days[1]: '2026-02-30' is not a day; write \"2026-12-25\", or "
            "\"2026-12-31..2027-01-02\" for days in a row"));
  CHECK(errors_of_calendar("name='c'\ndays=['2026-12-26..2026-12-25']\nas='sunday'") ==
        one("t.toml:3:7: alerts.calendar[1].days[1]: '2026-12-26..2026-12-25' ends before it begins: the first day "
            "comes first"));
  CHECK(errors_of_calendar("name='c'\ndays=[2026-12-25T00:00:00Z]\nas='sunday'").size() == 1);
  CHECK(errors_of_calendar("name='c'\ndays=['2026-12-25']\nas='sundae'") ==
        one("t.toml:4:4: alerts.calendar[1].as: 'sundae' is not one of: sunday, monday, tuesday, wednesday, thursday, "
            "friday, saturday (did you mean 'sunday'?)"));
  CHECK(
      errors_of_calendar("name='c'\ndays=['2026-12-25']\nas='sunday'\nlearn=false") ==
      one("t.toml:1:1: alerts.calendar[1]: learn = false and as = \"sunday\" contradict each other: a day that counts "
          "as a sunday teaches as one; keep one of the two"));
  CHECK(
      errors_of_calendar("name='c'\ndays=['2026-12-25']") ==
      one("t.toml:1:1: alerts.calendar[1]: it changes nothing: add learn = false, notify = false or as = \"sunday\""));
  CHECK(errors_of_calendar("name='c'\nnotify=false") == one("t.toml:1:1: alerts.calendar[1]: 'days' is missing"));
  CHECK(errors_of_calendar("days=['2026-12-25']\nnotify=false") ==
        one("t.toml:1:1: alerts.calendar[1]: 'name' is missing"));
  CHECK(errors_of_calendar("name='c'\ndays=[]\nnotify=false").size() == 1);
  CHECK(errors_of_calendar("name='c'\ndays=['2026-12-25']\nnotify='no'") ==
        one("t.toml:4:8: alerts.calendar[1].notify: expected true or false, found text"));
  CHECK(errors_of_calendar("name='c'\ndays=['2026-12-25']\nnotfiy=false") ==
        one("t.toml:4:1: unknown key 'alerts.calendar[1].notfiy' (did you mean 'notify'?)"));
  CHECK(errors_of_calendar("name='c'\nday=['2026-12-25']\nnotify=false").back() ==
        "t.toml:3:1: unknown key 'alerts.calendar[1].day' (did you mean 'days'?)");
}

TEST_CASE("a rule names calendars that are there and can concern it") {
  const std::string calendar = "[[alerts.calendar]]\nname='uk-holidays'\ndays=['2026-12-25']\nas='sunday'\n";
  CHECK(errors_of(std::string(kRule) + "calendar=['uk-holiday']\n" + calendar) ==
        one("t.toml:4:11: alerts.rule[1].calendar[1]: there is no [[alerts.calendar]] named 'uk-holiday' (did you mean "
            "'uk-holidays'?)"));
  const auto errors = errors_of(std::string(kRule) + "calendar=['uk-holidays']\n" + calendar + "topic=['earnings']");
  REQUIRE(errors.size() == 1);
  CHECK(
      errors[0].starts_with("t.toml:4:10: alerts.rule[1].calendar: the calendar 'uk-holidays' has an entry for topic "
                            "\"earnings\", which is about no series of the rule"));
}
