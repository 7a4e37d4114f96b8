#include "daemon/api/request/accept.hpp"

#include "tests/support/catch.hpp"

using namespace tapewatch;

TEST_CASE("Accept: types, q and other parameters, in their order") {
  const auto ranges = parse_accept("text/csv; q=0.5 , */*;Q=x,, application/json ;version = 1;q=0");
  REQUIRE(ranges.size() == 3);
  CHECK(ranges[0].type == "text/csv");
  CHECK(ranges[0].q == 0.5);
  CHECK(ranges[1].type == "*/*");
  CHECK(ranges[1].q == 0);
  CHECK(ranges[2].type == "application/json");
  CHECK(ranges[2].parameter("version") == "1");
  CHECK(ranges[2].parameter("charset").empty());
  CHECK(parse_accept("").empty());
}

TEST_CASE("OpenMetrics is given to those who ask for it") {
  for (const char* yes :
       {"application/openmetrics-text", "application/openmetrics-text; version=1.0.0; charset=utf-8",
        "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
        "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,"
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.2"}) {
    CAPTURE(yes);
    CHECK(prefers_openmetrics(yes));
  }
  for (const char* no : {"", "*/*", "text/plain", "text/plain, application/openmetrics-text;q=0.5",
                         "application/openmetrics-text;q=0", "application/openmetrics-text;version=2.0.0"}) {
    CAPTURE(no);
    CHECK_FALSE(prefers_openmetrics(no));
  }
}
