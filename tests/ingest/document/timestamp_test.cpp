#include "ingest/document/timestamp.hpp"

#include "tests/support/catch.hpp"

namespace tapewatch::ingest {
namespace {

using std::chrono::milliseconds;

TimePoint at(std::int64_t epoch_ms) { return TimePoint(milliseconds(epoch_ms)); }

TEST_CASE("RFC 3339 in its spellings") {
  CHECK(parse_rfc3339("1970-01-01T00:00:00Z") == at(0));
  CHECK(parse_rfc3339("2024-02-29t12:30:15.123456789z") == at(1'709'209'815'123));
  CHECK(parse_rfc3339("2024-02-29 12:30:15,5+05:30") == at(1'709'190'015'500));
  CHECK(parse_rfc3339("2024-02-29T12:30:15-0800") == at(1'709'238'615'000));
  CHECK(parse_rfc3339("2016-12-31T23:59:60Z") == at(1'483'228'800'000));
}

TEST_CASE("what is no RFC 3339 time") {
  for (const char* text : {"", "2024-02-30T00:00:00Z", "2024-13-01T00:00:00Z", "2024-01-01", "2024-01-01T00:00:00",
                           "2024-01-01T24:00:00Z", "2024-01-01T00:60:00Z", "2024-01-01T00:00:00.Z",
                           "2024-01-01T00:00:00Zx", "2024-01-01T00:00:00+24:00", "24-01-01T00:00:00Z"}) {
    INFO(text);
    CHECK_FALSE(parse_rfc3339(text));
  }
}

TEST_CASE("epoch seconds and milliseconds are told apart by their size") {
  CHECK(from_epoch(1'700'000'000) == at(1'700'000'000'000));
  CHECK(from_epoch(1'700'000'000.25) == at(1'700'000'000'250));
  CHECK(from_epoch(1'700'000'000'123) == at(1'700'000'000'123));
  CHECK(from_epoch(-86'400) == at(-86'400'000));
  CHECK_FALSE(from_epoch(1.7e15));  // microseconds
  CHECK_FALSE(from_epoch(std::numeric_limits<double>::quiet_NaN()));
}

TEST_CASE("a field may hold the time as text, number or digits") {
  CHECK(*parse_timestamp(boost::json::value(1'700'000'000), "/t") == at(1'700'000'000'000));
  CHECK(*parse_timestamp(boost::json::value("1700000000123"), "/t") == at(1'700'000'000'123));
  CHECK(*parse_timestamp(boost::json::value("2023-11-14T22:13:20Z"), "/t") == at(1'700'000'000'000));
  CHECK(parse_timestamp(boost::json::value(nullptr), "/t").error().pointer == "/t");
  CHECK(parse_timestamp(boost::json::value(1.7e18), "/t").error().reason ==
        "out of range for epoch seconds and milliseconds");
}

}  // namespace
}  // namespace tapewatch::ingest
