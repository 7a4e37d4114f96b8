#include "ingest/document/timestamp.hpp"

#include "tests/support/catch.hpp"

namespace tapewatch::ingest {
namespace {

using std::chrono::milliseconds;

TimePoint at(std::int64_t epoch_ms) { return TimePoint(milliseconds(epoch_ms)); }

TEST_CASE("a field may hold the time as text, number or digits; at most 11 digits are seconds") {
  const auto read = [](const boost::json::value& value) { return *parse_timestamp(value, "/t"); };
  CHECK(read(1'700'000'000) == at(1'700'000'000'000));
  CHECK(read(1'700'000'000'123) == at(1'700'000'000'123));
  CHECK(read(1'700'000'000.25) == at(1'700'000'000'250));
  CHECK(read(-86'400) == at(-86'400'000));
  CHECK(read("1700000000") == at(1'700'000'000'000));
  CHECK(read("1700000000123") == at(1'700'000'000'123));
  CHECK(read("10000000000") == at(10'000'000'000'000));  // eleven digits: the year 2286
  CHECK(read("-86400") == at(-86'400'000));
  CHECK(read("2023-11-14T22:13:20Z") == at(1'700'000'000'000));
  CHECK(read("2024-02-29 12:30:15,5+05:30") == at(1'709'190'015'500));
}

TEST_CASE("a value that is not a time says why") {
  const auto reason = [](const boost::json::value& value) { return parse_timestamp(value, "/t").error().reason; };
  CHECK(parse_timestamp(boost::json::value(nullptr), "/t").error().pointer == "/t");
  CHECK(reason(nullptr) == "expected a time (RFC 3339, epoch seconds or milliseconds), found null");
  CHECK(reason(1.7e18) == "out of range for epoch seconds (at most 11 digits) and milliseconds");
  const std::string wrong =
      "not a time: expected RFC 3339 with a zone, epoch seconds (at most 11 digits) or milliseconds";
  for (const char* text : {"", "2024-02-29T12:30:15", "1700000000000000000", "12 March", "nan"}) {
    INFO(text);
    CHECK(reason(text) == wrong);
  }
}

}  // namespace
}  // namespace tapewatch::ingest
