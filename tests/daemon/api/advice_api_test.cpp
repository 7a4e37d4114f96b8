// GET /v1/rules/{name}/advice on a real database, called without sockets.
#include "daemon/api/advice_api.hpp"

#include <boost/json.hpp>

#include "storage/connection/transaction.hpp"
#include "tests/daemon/server/http_support.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scored_records.hpp"

using namespace http_test;

namespace {

namespace json = boost::json;

const TimePoint kFrom = TimePoint(std::chrono::milliseconds(1'767'600'000'000));  // 2026-01-05T08:00:00Z
const std::string kAdvice = "/v1/rules/negative-burst/advice";

/// A burst that a rule has found, and that somebody calls noise.
struct Stored {
  Stored() : writer(storage::Connection::open_writer(folder.file())), readers(folder.file(), {}, 2) {
    ApplierOptions live;
    live.rules = {tests::burst_rule()};
    live.detector.model_version = tests::kModel;
    Applier applier(writer, live);
    storage::Transaction transaction(writer);
    for (const Scored& record : tests::quiet_then_burst(kFrom)) applier.apply(record, record.scored_at);
    applier.finish();
    writer.execute(
        "INSERT INTO acknowledgement (alert, at, author, comment, verdict, token) SELECT number, 0, 'ann', '', "
        "'noise', "
        "'' FROM alert");
    transaction.commit();
    add_advice_route(router, {readers, [live] { return live.rules; },
                              [this] {
                                if (during) during();
                                return tests::two_companies();
                              },
                              live.detector});
  }
  ApiResponse get(const std::string& target) { return call(router, "GET", target, "", {}, kFrom + 54h); }

  storage_test::TempFolder folder;
  storage::Connection writer;
  ReaderPool readers;
  Router router;
  std::function<void()> during;  // called before the replays
};

}  // namespace

TEST_CASE("advice: the setting, what it rests on, and what each setting would have lost and gained") {
  Stored stored;
  const ApiResponse response = stored.get(kAdvice);
  INFO(response.body);
  REQUIRE(response.status == 200);
  const json::value answer = json::parse(response.body);
  CHECK(answer.at("rule") == "negative-burst");
  CHECK(answer.at("verdicts").at("noise") == 1);
  CHECK(answer.at("warnings").as_array().size() == 1);
  CHECK(answer.at("tried").as_array().size() == 42);
  CHECK(answer.at("tried").at(0).at("present") == true);
  CHECK(answer.at("tried").at(0).at("lost_count") == 0);
  CHECK(answer.at("tried").at(0).at("gained") == 0);
  const json::value& advised = answer.at("advised");
  CHECK(advised.at("min_stories") == 20);
  CHECK(advised.at("noise_fewer") == 1);
  CHECK(advised.at("lost_count") == 1);
  CHECK(advised.at("lost").as_array().size() == 1);
  CHECK(storage_test::number(stored.writer, "SELECT count(*) FROM alert") == 1);  // it changes nothing

  const ApiResponse before = stored.get(kAdvice + "?to=" + std::to_string(kFrom.time_since_epoch().count()));
  CHECK(json::parse(before.body).at("advised").is_null());
}

TEST_CASE("advice: for a rule that exists, one at a time, within the deadline") {
  Stored stored;
  CHECK(stored.get("/v1/rules/another/advice").status == 404);
  CHECK(stored.get(kAdvice + "?from=now&to=-1d").status == 400);
  ApiResponse second;
  stored.during = [&] {
    if (second.body.empty()) second = stored.get(kAdvice);
  };
  CHECK(stored.get(kAdvice).status == 200);
  CHECK(second.status == 503);
  CHECK(has(second.body, "other advice is being worked out"));

  ApiRequest request;
  request.method = "GET";
  request.path = kAdvice;
  request.path_parameters = {{"name", "negative-burst"}};
  request.now = kFrom + 54h;
  const auto& route = stored.router.routes().at(0);
  CHECK(route.access == Access::operate);
  const auto& run = std::get<QueryHandler>(route.handler).run;
  std::atomic<bool> stopping{true};
  request.stopping = &stopping;
  CHECK(has(run(request).body, "the server is stopping"));
  stopping = false;
  request.deadline = std::chrono::steady_clock::time_point::max();
  stored.during = [&] { request.deadline = std::chrono::steady_clock::now(); };
  const auto late = run(request);
  CHECK(late.status == 503);
  CHECK(has(late.body, "urn:tapewatch:problem:deadline"));
  CHECK(has(late.body, "0 % of the replays were done"));
}
