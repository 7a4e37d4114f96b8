#include "daemon/api/request/as_of.hpp"

#include <boost/json.hpp>

#include "daemon/api/sentiment_api.hpp"
#include "storage/document/document_removal.hpp"
#include "storage/mark.hpp"
#include "tests/daemon/server/http_support.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace http_test;
using storage_test::at_minute;

namespace {

namespace json = boost::json;

/// A document that arrives at 09:00, is revised at 10:00 and removed at 11:00, and the route over it. Now is 15:00.
struct Bench {
  Bench() {
    add_sentiment_routes(router, readers);
    add("Shares fall", "negative", 0);
    add("Shares rise after all", "positive", 60);
    storage::DocumentRemoval removals(writer, {});
    storage::Transaction transaction(writer);
    removals.apply({"wire", "1", std::nullopt}, at_minute(120));
    transaction.commit();
  }
  void add(const std::string& title, const std::string& label, std::int64_t minute) {
    const storage_test::Score score{"earnings", label, label == "positive" ? 0.9f : 0.05f, 0.05f,
                                    label == "positive" ? 0.05f : 0.9f};
    storage::Transaction transaction(writer);
    documents.insert(storage_test::document("wire", "1", at_minute(0), title, score), at_minute(minute));
    transaction.commit();
  }
  ApiResponse get(const std::string& more) {
    return call(router, "GET", "/v1/sentiment?from=2026-03-02T09:00:00Z&to=2026-03-02T10:00:00Z&bucket=1h" + more, {},
                {}, at_minute(360));
  }
  /// Documents, negative and positive ones of the hour.
  std::string counted(const std::string& more) {
    const ApiResponse response = get(more);
    INFO(more << " → " << response.body);
    REQUIRE(response.status == 200);
    const auto body = json::parse(response.body);
    const auto& point = body.at("series").at(0).at("points").at(0);
    return json::serialize(point.at("documents")) + json::serialize(point.at("negative")) +
           json::serialize(point.at("positive"));
  }

  storage_test::TempFolder folder;
  storage::Connection writer = storage::Connection::open_writer(folder.file());
  storage::DocumentWriter documents{writer, {}};
  ReaderPool readers{folder.file(), {}, 1};
  Router router;
};

}  // namespace

TEST_CASE("as_of tells arrival, revision and removal apart, by time and by the seq of an earlier answer") {
  Bench bench;
  CHECK(bench.counted("") == "000");
  CHECK(bench.counted("&as_of=2026-03-02T08:59:00Z") == "000");
  CHECK(bench.counted("&as_of=2026-03-02T09:30:00Z") == "110");
  CHECK(bench.counted("&as_of=2026-03-02T10:30:00Z") == "101");
  CHECK(bench.counted("&as_of=2026-03-02T11:00:00Z") == "000");
  CHECK(bench.counted("&as_of=now") == "000");
  const auto half_past_nine = json::parse(bench.get("&as_of=2026-03-02T09:30:00Z").body);
  CHECK(bench.counted("&as_of=" + json::serialize(half_past_nine.at("seq"))) == "110");
}

TEST_CASE("as_of and time refuse what they cannot know") {
  Bench bench;
  const auto refused = [&](const std::string& more, const std::string& words) {
    const auto response = bench.get(more);
    INFO(more << " → " << response.body);
    CHECK(response.status == 400);
    CHECK(response.body.find(words) != std::string::npos);
  };
  refused("&as_of=99", "the newest sequence number is 3");
  refused("&as_of=2026-03-03T00:00:00Z", "lies ahead");
  refused("&as_of=noon", "a time is RFC 3339");
  refused("&as_of=1&model=test-1", "cannot be asked for with model");
  refused("&as_of=1&time=scored", "time=scored");
  refused("&time=stored", "time");
  CHECK(bench.get("&time=received").status == 200);
  {
    storage::Transaction transaction(bench.writer);
    storage::raise_mark(bench.writer, storage::kSweptBefore, storage::to_ms(at_minute(30)));
    transaction.commit();
  }
  refused("&as_of=1", "documents before 2026-03-02T09:30:00.000Z have been deleted");
  refused("&time=received", "ask from then on");
  CHECK(bench.get("").status == 200);
}
