#include "alerts/notification/mute_options.hpp"

#include "alerts/notification/mute_text.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch::alerts;
using namespace std::chrono_literals;

namespace {

/// 2026-01-05 is a Monday.
std::chrono::sys_time<std::chrono::milliseconds> at(int day, std::chrono::minutes minute) {
  return std::chrono::sys_days{std::chrono::year{2026} / 1 / day} + minute;
}

bool muted(std::string_view text, int day, std::chrono::minutes minute, const LocalClock& clock = {}) {
  const auto time = parse_mute_time(text);
  REQUIRE(time);
  return is_muted({*time}, clock, at(day, minute));
}

}  // namespace

TEST_CASE("mute: every night, across midnight, the end not included") {
  CHECK(muted("22:00-06:00", 5, 22h));
  CHECK(muted("22:00-06:00", 6, 5h + 59min));
  CHECK_FALSE(muted("22:00-06:00", 6, 6h));
  CHECK_FALSE(muted("22:00-06:00", 5, 21h + 59min));
  CHECK(muted("00:00-24:00", 5, 12h));
}

TEST_CASE("mute: days of the week, in lists and in rows") {
  CHECK(muted("sat,sun", 10, 0min));
  CHECK(muted("sat,sun", 11, 23h + 59min));
  CHECK_FALSE(muted("sat,sun", 12, 0min));
  CHECK(muted("fri-mon", 5, 12h));
  CHECK(muted("fri-mon", 9, 12h));
  CHECK_FALSE(muted("fri-mon", 7, 12h));
  CHECK(muted("sat 00:00-12:00", 10, 11h));
  CHECK_FALSE(muted("sat 00:00-12:00", 10, 12h));
}

TEST_CASE("mute: a night belongs to the day on which it begins") {
  CHECK(muted("fri 20:00-07:00", 9, 20h));
  CHECK(muted("fri 20:00-07:00", 10, 6h));
  CHECK_FALSE(muted("fri 20:00-07:00", 9, 6h));
  CHECK(muted("sat 22:00-06:00", 11, 1h));
}

TEST_CASE("mute: on the rule's own clock, also where that is not whole hours ahead and changes") {
  LocalClock kolkata;
  kolkata.changes = {{std::chrono::sys_seconds{}, 330min}};
  CHECK(muted("22:00-06:00", 5, 16h + 30min, kolkata));
  CHECK_FALSE(muted("22:00-06:00", 5, 16h + 29min, kolkata));
  LocalClock changing;
  changing.changes = {{std::chrono::sys_seconds{}, 0s}, {std::chrono::sys_days{std::chrono::year{2026} / 1 / 6}, 1h}};
  CHECK_FALSE(muted("06:00-07:00", 6, 6h, changing));
  CHECK(muted("06:00-07:00", 6, 5h, changing));
}

TEST_CASE("mute: written as people write it, and read back the same") {
  for (const char* text : {"22:00-06:00", "sat,sun", "sat 00:00-12:00", "mon-fri 20:00-07:00",
                           "mon,wed-fri,sun 09:05-24:00", "00:00-24:00", "tue"}) {
    CAPTURE(text);
    CHECK(format_mute_time(parse_mute_time(text).value()) == text);
  }
  CHECK(format_mute_time(parse_mute_time("fri-mon").value()) == "mon,fri-sun");
  for (unsigned long days = 1; days < 128; ++days) {
    for (const auto& [from, to] : {std::pair{0min, kDayLength}, std::pair{22h + 5min, 6h + 0min}}) {
      const MuteTime mute{days, from, to};
      CAPTURE(format_mute_time(mute));
      CHECK(parse_mute_time(format_mute_time(mute)) == mute);
    }
  }
}

TEST_CASE("mute: what is not a time is refused") {
  for (const char* wrong :
       {"", "sat ", "saturday", "sat,", "sat-", "22:00", "22:00-22:00", "24:00-06:00", "25:00-06:00", "22:60-23:00",
        "2:00-6:00", "sat 22:00", "22:00-06:00 sat", "sat  00:00-12:00", "SAT"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_mute_time(wrong));
  }
}

TEST_CASE("mute: a week without a minute left, and lists that are too long") {
  CHECK(validate(std::vector{*parse_mute_time("06:00-22:00"), *parse_mute_time("22:00-06:00")}));
  CHECK_FALSE(validate(std::vector{*parse_mute_time("06:00-22:00"), *parse_mute_time("22:01-06:00")}));
  CHECK(validate(std::vector<MuteTime>(51, *parse_mute_time("sat"))));
}
