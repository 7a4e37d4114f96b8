#include "daemon/api/output_api.hpp"

#include <boost/json.hpp>

#include "tests/daemon/server/http_support.hpp"
#include "tests/support/catch.hpp"

using namespace http_test;

TEST_CASE("GET /v1/outputs tells how far each output is") {
  OutputReport desk;
  desk.name = "desk";
  desk.documents = "docs";
  desk.state = "failing";
  desk.position = 40;
  desk.lag = 2;
  desk.published = 39;
  desk.lost = 1;
  desk.last_success = TimePoint(std::chrono::milliseconds(1'767'600'000'000));
  desk.last_error = "no broker";
  Router router;
  add_output_routes(router, [desk] { return std::vector<OutputReport>{desk}; });
  const auto response = call(router, "GET", "/v1/outputs");
  REQUIRE(response.status == 200);
  CHECK(boost::json::parse(response.body) == boost::json::parse(R"({"items": [
    {"name": "desk", "documents": "docs", "alerts": null, "state": "failing", "position": 40, "lag": 2, "published": 39,
     "left_out": 0, "lost": 1, "last_success": "2026-01-05T08:00:00.000Z", "waiting_since": null,
     "last_error": "no broker", "last_error_at": null}]})"));
  CHECK(call(router, "GET", "/v1/outputs?limit=3").status == 400);
}

TEST_CASE("without outputs the list is empty") {
  Router router;
  add_output_routes(router, nullptr);
  CHECK(call(router, "GET", "/v1/outputs").body == R"({"items":[]})");
}
