#include "config/notation/rfc3339.hpp"

#include "tests/support/catch.hpp"

using tapewatch::notation::format_rfc3339;
using tapewatch::notation::Milliseconds;
using tapewatch::notation::parse_rfc3339;

namespace {
Milliseconds at(std::int64_t ms) { return Milliseconds(std::chrono::milliseconds(ms)); }
}  // namespace

TEST_CASE("a time leaves the process in UTC with milliseconds") {
  CHECK(format_rfc3339(at(0)) == "1970-01-01T00:00:00.000Z");
  CHECK(format_rfc3339(at(1'772'366'400'005)) == "2026-03-01T12:00:00.005Z");
  CHECK(format_rfc3339(at(-1)) == "1969-12-31T23:59:59.999Z");
  CHECK(format_rfc3339(at(253'402'300'799'999)) == "9999-12-31T23:59:59.999Z");
  CHECK(format_rfc3339(at(253'402'300'800'000)) == "10000-01-01T00:00:00.000Z");
  CHECK(tapewatch::notation::format_date(at(-1)) == "1969-12-31");
}

TEST_CASE("RFC 3339 is read with its usual liberties, and what was printed reads back the same") {
  const Milliseconds noon = at(1'772'366'400'000);
  for (const char* text : {"2026-03-01T12:00:00Z", "2026-03-01t12:00:00z", "2026-03-01 12:00:00Z",
                           "2026-03-01T13:00:00+01:00", "2026-03-01T13:00:00+0100", "2026-03-01T06:30:00-05:30",
                           "2026-03-01T12:00:00.000999999999999Z", "2026-03-01T12:00:00,0-00:00"}) {
    CAPTURE(text);
    CHECK(parse_rfc3339(text) == noon);
  }
  CHECK(parse_rfc3339("2026-03-01T12:00:00.5Z") == noon + std::chrono::milliseconds(500));
  CHECK(parse_rfc3339("2026-03-01T11:59:60Z") == noon);
  CHECK(parse_rfc3339("2026-03-01T11:59:60.25Z") == noon + std::chrono::milliseconds(250));
  CHECK(parse_rfc3339("2024-02-29T00:00:00Z"));
  CHECK(parse_rfc3339(format_rfc3339(noon)) == noon);
}

TEST_CASE("what is not RFC 3339 with a zone is refused") {
  for (const char* text :
       {"", "2026-03-01", "2026-03-01T12:00:00", "2026-03-01T12:00Z", "2026-3-1T12:00:00Z", "2026-02-30T12:00:00Z",
        "2025-02-29T12:00:00Z", "2026-03-01T24:00:00Z", "2026-03-01T12:60:00Z", "2026-03-01T12:00:61Z",
        "2026-03-01T12:00:00.Z", "2026-03-01T12:00:00+1:00", "2026-03-01T12:00:00+24:00", "2026-03-01T12:00:00+01:60",
        "2026-03-01T12:00:00Z ", "2026-03-01T12:00:00ZZ", "+026-03-01T12:00:00Z", "2026-03-01T12:00:00+01:00x"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_rfc3339(text));
  }
}
