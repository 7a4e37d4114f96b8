#include "config/notation/duration.hpp"

#include "tests/support/catch.hpp"

using namespace tapewatch::notation;
using namespace std::chrono_literals;

TEST_CASE("durations are one number and one unit") {
  CHECK(parse_duration("500ms") == 500ms);
  CHECK(parse_duration("30s") == 30s);
  CHECK(parse_duration("5m") == 5min);
  CHECK(parse_duration("2h") == 2h);
  CHECK(parse_duration("7d") == 24h * 7);
  CHECK(parse_duration("2w") == 24h * 14);
  CHECK(parse_duration("5y") == 24h * 365 * 5);
  for (const char* bad :
       {"", "5", "m", "-5m", "5 m", "5min", "1.5h", "1h30m", "5M", "99999999999999999999s", "9999999999999y"}) {
    INFO(bad);
    CHECK_FALSE(parse_duration(bad));
  }
}

TEST_CASE("a duration's printed form is read back") {
  for (const auto duration : {0ms, 1ms, 999ms, 1'500ms, 90'000ms, 5'400'000ms, 86'400'000ms, 1'209'600'000ms}) {
    CHECK(parse_duration(format_duration(duration)) == duration);
  }
  CHECK(format_duration(0ms) == "0s");
  CHECK(format_duration(15min) == "15m");
  CHECK(format_duration(1h) == "1h");
  CHECK(format_duration(90s) == "90s");
  CHECK(format_duration(90min) == "90m");
  CHECK(format_duration(24h) == "1d");
}

TEST_CASE("a duration in words has one unit or two") {
  CHECK(duration_in_words(0ms) == "0 seconds");
  CHECK(duration_in_words(1'400ms) == "1 second");
  CHECK(duration_in_words(42s) == "42 seconds");
  CHECK(duration_in_words(59'600ms) == "1 minute");
  CHECK(duration_in_words(61s) == "1 minute");
  CHECK(duration_in_words(15min) == "15 minutes");
  CHECK(duration_in_words(90min) == "90 minutes");
  CHECK(duration_in_words(100min) == "1 hour 40 minutes");
  CHECK(duration_in_words(2h) == "2 hours");
  CHECK(duration_in_words(24h * 7 + 1min) == "168 hours 1 minute");
}
