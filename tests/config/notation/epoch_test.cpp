#include "config/notation/epoch.hpp"

#include <cstdint>
#include <limits>

#include "tests/support/catch.hpp"

using namespace tapewatch::notation;

namespace {
Milliseconds at(std::int64_t ms) { return Milliseconds(std::chrono::milliseconds(ms)); }
}  // namespace

TEST_CASE("an epoch of at most 11 digits is seconds, a longer one milliseconds, before 1970 too") {
  CHECK(from_epoch(0) == at(0));
  CHECK(from_epoch(1'700'000'000) == at(1'700'000'000'000));
  CHECK(from_epoch(1'700'000'000.25) == at(1'700'000'000'250));
  CHECK(from_epoch(99'999'999'999) == at(99'999'999'999'000));  // eleven digits
  CHECK(from_epoch(100'000'000'000) == at(100'000'000'000));    // twelve
  CHECK(from_epoch(1'700'000'000'123) == at(1'700'000'000'123));
  CHECK(from_epoch(-86'400) == at(-86'400'000));
  CHECK(from_epoch(-100'000'000'000) == at(-100'000'000'000));
}

TEST_CASE("an epoch that RFC 3339 cannot represent is refused") {
  CHECK(from_epoch(253'402'300'799'999) == at(253'402'300'799'999));  // the last millisecond of 9999
  CHECK_FALSE(from_epoch(253'402'300'800'000));
  CHECK_FALSE(from_epoch(-99'999'999'999));  // before the year 0
  for (const double beyond :
       {1.7e15, -1.7e15, 1e300, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    CAPTURE(beyond);
    CHECK_FALSE(from_epoch(beyond));
  }
}

TEST_CASE("an epoch is read from digits") {
  CHECK(parse_epoch("1700000000") == at(1'700'000'000'000));
  CHECK(parse_epoch("1700000000123") == at(1'700'000'000'123));
  CHECK(parse_epoch("-86400") == at(-86'400'000));
  CHECK(parse_epoch("1700000000.25") == at(1'700'000'000'250));
  for (const char* text :
       {"", "-", "1700000000 ", " 1", "0x10", "1,5", "2026-01-01", "nan", "inf", "99999999999999999"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_epoch(text));
  }
}
