// Versions of the model in /v1/sentiment: where they change, and one of them alone.
#include "daemon/api/request/model_check.hpp"

#include <boost/json.hpp>

#include "daemon/api/sentiment_api.hpp"
#include "tests/daemon/server/http_support.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace http_test;
using storage_test::at_minute;

namespace {

namespace json = boost::json;

/// Documents from 09:00 on a Monday in March 2026, and the route over them. Now is 15:00.
struct Bench {
  explicit Bench(const std::string& present = "") { add_sentiment_routes(router, readers, {present, {}}); }

  void scored(const std::string& version, std::int64_t minute) {
    auto row = storage_test::document("wire", std::to_string(minute), at_minute(minute), std::to_string(minute));
    row.model_version = version;
    storage_test::store(writer, documents, row);
  }
  ApiResponse get(const std::string& more) {
    return call(router, "GET",
                "/v1/sentiment?from=2026-03-02T09:00:00Z&to=2026-03-02T12:00:00Z&bucket=1h&fill=none" + more, {}, {},
                at_minute(360));
  }
  json::value ok(const std::string& more) {
    const ApiResponse response = get(more);
    INFO(more << " → " << response.body);
    REQUIRE(response.status == 200);
    return json::parse(response.body);
  }
  /// Documents and versions of each point.
  std::string points(const std::string& more) {
    std::string text;
    const auto body = ok(more);
    for (const auto& point : body.at("series").at(0).at("points").as_array()) {
      const auto* models = point.as_object().if_contains("models");
      text += json::serialize(point.at("documents")) + (models ? json::serialize(*models) : "") + " ";
    }
    return text;
  }

  storage_test::TempFolder folder;
  storage::Connection writer = storage::Connection::open_writer(folder.file());
  storage::DocumentWriter documents{writer, {}};
  ReaderPool readers{folder.file(), {}, 1};
  Router router;
};

}  // namespace

TEST_CASE("sentiment of one version of the model: the points name none") {
  Bench bench;
  bench.scored("v-1", 0);
  bench.scored("v-1", 65);
  CHECK(bench.points("") == "1 1 ");
  CHECK(bench.points("&model=v-1") == "1 1 ");
  CHECK(bench.ok("").at("model") == "v-1");
  CHECK(bench.get("").body == bench.get("&model=v-1").body);
}

TEST_CASE("sentiment: points say where the version of the model changes, and a version can be chosen") {
  Bench bench;
  bench.scored("v-1", 0);
  bench.scored("v-1", 65);
  bench.scored("v-2", 70);
  bench.scored("v-2", 130);
  CHECK(bench.points("") == R"(1["v-1"] 2["v-1","v-2"] 1["v-2"] )");
  CHECK(bench.points("&model=v-1") == "1 1 ");
  CHECK(bench.points("&model=v-2") == "1 1 ");
  const auto chosen = bench.ok("&model=v-1");
  CHECK(chosen.at("model") == "v-1");
  CHECK(chosen.at("models").as_array().size() == 2);
  const auto csv = bench.get("&format=csv").body;
  CHECK(has(csv, ",complete,models,document_mean,story_mean\r\n"));
  CHECK(has(csv, ",true,v-1;v-2,"));
  CHECK(has(bench.get("&format=ndjson").body, R"("complete":true,"models":["v-2"]})"));
  CHECK(bench.ok("&shape=long").at("rows").at(2).at("models").at(0) == "v-2");
}

TEST_CASE("sentiment: an unknown version of the model is refused with the known ones") {
  Bench bench("v-3");
  bench.scored("v-2", 0);
  bench.scored("v-1", 65);
  const auto refused = bench.get("&model=v-9");
  CHECK(refused.status == 400);
  CHECK(has(refused.body, R"("parameter":"model")"));
  CHECK(has(refused.body, "there is no version 'v-9', but 'v-2', 'v-1', 'v-3'"));
  CHECK(bench.points("&model=v-3").empty());  // it has scored nothing yet
  CHECK(bench.get("&model=v-1&model=v-2").status == 400);
  Bench empty;
  CHECK(has(empty.get("&model=v-9").body, "nothing has been scored yet"));
}
