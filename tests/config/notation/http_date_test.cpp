#include "config/notation/http_date.hpp"

#include "tests/support/catch.hpp"

using namespace tapewatch::notation;
using namespace std::chrono_literals;

namespace {

const Milliseconds kNow = *parse_rfc3339("2026-11-28T09:00:00Z");

std::string read(std::string_view text, Milliseconds now = kNow) {
  const auto at = parse_http_date(text, now);
  return at ? format_rfc3339(*at) : "none";
}

}  // namespace

TEST_CASE("http date: the three forms of RFC 9110") {
  CHECK(read("Sun, 06 Nov 1994 08:49:37 GMT") == "1994-11-06T08:49:37.000Z");
  CHECK(read("Sunday, 06-Nov-94 08:49:37 GMT") == "1994-11-06T08:49:37.000Z");
  CHECK(read("Sun Nov  6 08:49:37 1994") == "1994-11-06T08:49:37.000Z");
  CHECK(read("Sat, 28 Nov 2026 09:30:00 GMT") == "2026-11-28T09:30:00.000Z");
  CHECK(read("Sat Nov 28 09:30:00 2026") == "2026-11-28T09:30:00.000Z");
  CHECK(read("Tue, 29 Feb 2028 00:00:00 GMT") == "2028-02-29T00:00:00.000Z");
}

TEST_CASE("http date: what is written is the form that RFC 9110 prefers, and reads back") {
  CHECK(format_http_date(*parse_rfc3339("1994-11-06T08:49:37.999Z")) == "Sun, 06 Nov 1994 08:49:37 GMT");
  for (auto at = kNow; at < kNow + 24h * 366; at += 26h + 61s) CHECK(parse_http_date(format_http_date(at), kNow) == at);
}

TEST_CASE("http date: two digits of a year are at most 50 years ahead") {
  CHECK(read("Saturday, 28-Nov-26 09:30:00 GMT") == "2026-11-28T09:30:00.000Z");
  CHECK(read("Saturday, 28-Nov-76 09:30:00 GMT") == "2076-11-28T09:30:00.000Z");
  CHECK(read("Monday, 28-Nov-77 09:30:00 GMT") == "1977-11-28T09:30:00.000Z");
  CHECK(read("Monday, 06-Nov-06 09:30:00 GMT", *parse_rfc3339("2099-01-01T00:00:00Z")) == "2106-11-06T09:30:00.000Z");
}

TEST_CASE("http date: texts that are not dates are refused") {
  for (const char* none : {"", "now", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 GMT and more",
                           "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT", "2026-11-28T09:30:00Z",
                           "Sun, 06 Nov 1994 08:49:37 EST", "120"}) {
    INFO(none);
    CHECK(read(none) == "none");
  }
}

TEST_CASE("retry-after: seconds or a date in any of the forms, never negative") {
  CHECK(parse_retry_after("120", kNow) == 120s);
  CHECK(parse_retry_after(" 0 ", kNow) == 0s);
  CHECK(parse_retry_after("Sat, 28 Nov 2026 09:02:00 GMT", kNow) == 120s);
  CHECK(parse_retry_after("Saturday, 28-Nov-26 09:02:00 GMT", kNow) == 120s);
  CHECK(parse_retry_after("Sat Nov 28 09:02:00 2026", kNow) == 120s);
  CHECK(parse_retry_after("99999999999999999999999", kNow) == 24h * 365);
  CHECK(parse_retry_after("Sat, 28 Nov 9026 09:02:00 GMT", kNow) == 24h * 365);
  for (const char* none : {"", "-5", "1.5", "soon", "Sat, 28 Nov 2026 08:59:00 GMT", "12 s"}) {
    INFO(none);
    CHECK_FALSE(parse_retry_after(none, kNow));
  }
}
