#include "ingest/document/field_time.hpp"

#include <boost/json/parse.hpp>

#include "config/notation/rfc3339.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::ingest {
namespace {

using std::chrono::milliseconds;

const DateContext kContext{"en", TimePoint{milliseconds(1'795'800'000'000)}};

std::string read(const char* json) {
  const auto date = time_of(boost::json::parse(json), kContext);
  return date ? notation::format_rfc3339(date->at) : "none";
}

TEST_CASE("one reader reads a time however a record holds it") {
  constexpr const char* kExact = "2026-11-27T14:05:06.789Z";
  for (const char* json :
       {R"("2026-11-27T14:05:06.789Z")", R"("2026-11-27T14:05:06.789123456Z")", "1795788306.789", "1795788306789",
        R"("1795788306789")", "1795788306789012", "1795788306789012345", "1.795788306789e12",
        R"("/Date(1795788306789+0100)/")", R"({"$date":1795788306789})", R"({"$date":{"$numberLong":"1795788306789"}})",
        R"({"seconds":1795788306,"nanos":789000000})", "[2026,11,27,14,5,6,789000000]",
        R"(["2026-11-27","14:05:06.789"])"}) {
    INFO(json);
    CHECK(read(json) == kExact);
  }
  for (const char* json : {R"("Fri, 27 Nov 2026 14:05:06 GMT")", R"("2026-11-27 14:05:06 UTC")", "20261127140506",
                           R"("2026-11-27T15:05:06+01:00[Europe/Paris]")", "[2026,11,27,14,5,6]"}) {
    INFO(json);
    CHECK(read(json) == "2026-11-27T14:05:06.000Z");
  }
  CHECK(read("202611271405") == "2026-11-27T14:05:00.000Z");
  CHECK(read(R"("20261127")") == "2026-11-27T00:00:00.000Z");
}

TEST_CASE("what is no time is not made one") {
  for (const char* json :
       {"-1", "50706789", "true", "{}", R"("soon")", "[1]", "1e300", R"({"a":1})", "[[[[1795788306]]]]"}) {
    INFO(json);
    CHECK(read(json) == "none");
  }
}

TEST_CASE("a day and a time of day in two fields make one time") {
  const auto both = [](const char* day, const char* time) {
    const auto date = time_of(boost::json::parse(day), boost::json::parse(time), kContext);
    return date ? notation::format_rfc3339(date->at) : "none";
  };
  CHECK(both(R"("2026-11-27")", R"("14:05:06.789")") == "2026-11-27T14:05:06.789Z");
  CHECK(both("20261127", "140506") == "2026-11-27T14:05:06.000Z");
  CHECK(both("20261127", R"("14:05")") == "2026-11-27T14:05:00.000Z");
  CHECK(both(R"("2026-11-27")", "50706789") == "2026-11-27T14:05:06.789Z");
  CHECK(both(R"("2026-11-27T10:00:00Z")", R"("14:05")") == "none");
  CHECK(both(R"("2026-11-27")", R"("noonish")") == "none");
}

TEST_CASE("zero and nothing mean that no time is given") {
  for (const char* json : {"0", "0.0", "null", "false", R"("")", R"("0")", R"("  ")", "[]", "{}"}) {
    INFO(json);
    CHECK(is_no_time(boost::json::parse(json)));
  }
  CHECK_FALSE(is_no_time(boost::json::parse("1795788306")));
}

}  // namespace
}  // namespace tapewatch::ingest
