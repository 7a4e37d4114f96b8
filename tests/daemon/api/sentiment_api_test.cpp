#include "daemon/api/sentiment_api.hpp"

#include <algorithm>
#include <memory>

#include "ingest/entity/entity_finder.hpp"
#include "storage/document/watch_log.hpp"
#include "storage/mark.hpp"
#include "tests/daemon/server/http_support.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace http_test;
using storage_test::at_minute;

namespace {

/// An hour with three documents of two topics, each in five minutes of its own.
struct Bench {
  Bench() {
    storage::DocumentWriter documents(writer, {});
    for (int n = 0; n < 3; ++n) {
      storage_test::Score score;
      if (n == 2) score.topic = "macro";
      const std::string id = std::to_string(n);
      storage_test::store(writer, documents,
                          storage_test::document("wire", id, at_minute(20 * n), "Title " + id, score));
    }
  }
  ApiResponse get(std::size_t max_points, const std::string& rest) {
    SentimentLimits limits;
    limits.max_points = max_points;
    Router router;
    add_sentiment_routes(router, readers, {}, {}, limits);
    return call(router, "GET", "/v1/sentiment?from=2026-03-02T09:00:00Z&to=2026-03-02T10:00:00Z" + rest, {}, {},
                at_minute(360));
  }

  storage_test::TempFolder folder;
  storage::Connection writer = storage::Connection::open_writer(folder.file());
  ReaderPool readers{folder.file(), {}, 1};
};

}  // namespace

TEST_CASE("more points than an answer of sentiment may have are refused, and what fits is not") {
  Bench bench;
  CHECK(bench.get(4, "&bucket=15m").status == 200);
  CHECK(has(bench.get(4, "&bucket=5m").body, "1 series of 12 buckets are more than 4 points"));
  CHECK(bench.get(4, "&bucket=5m&fill=none").status == 200);
  CHECK(bench.get(3, "&bucket=5m&fill=none&group_by=topic").status == 200);
  const ApiResponse refusal = bench.get(2, "&bucket=5m&fill=none&group_by=topic");
  CHECK(refusal.status == 400);
  CHECK(has(refusal.body, "more than 2 buckets with news in them"));
}

TEST_CASE("a long answer of sentiment comes in parts that make one text") {
  Bench bench;
  Router router;
  add_sentiment_routes(router, bench.readers);
  ApiRequest request;
  request.method = "GET";
  request.path = "/v1/sentiment";
  request.query = {{"from", "2026-02-27T00:00:00Z"},
                   {"to", "2026-03-03T00:00:00Z"},
                   {"bucket", "1m"},
                   {"format", "csv"},
                   {"group_by", "topic,source"}};
  request.now = at_minute(360);
  const auto match = router.match("GET", request.path);
  ApiResponse response = std::get<QueryHandler>(match.route->handler).run(request);
  REQUIRE(response.status == 200);
  REQUIRE(bool(response.more));
  std::string text = response.body;
  while (const auto part = response.more(std::chrono::steady_clock::time_point::max())) text += *part;
  CHECK(std::count(text.begin(), text.end(), '\n') == 1 + 2 * 4 * 1440);
  CHECK(has(text, "2026-03-02T09:40:00.000Z,macro,wire,1,1,"));
}

TEST_CASE("percentiles: of documents, in every format, with the errors in their places") {
  Bench bench;
  const auto answer = bench.get(100, "&bucket=1h&percentiles=0,50,100&unit=document");
  REQUIRE(answer.status == 200);
  CHECK(has(answer.body, R"("p0":-0.6,"p50":-0.6,"p100":-0.6)"));
  CHECK(has(bench.get(100, "&bucket=1h&percentiles=5&percentiles=95&format=csv").body, ",p5,p95\r\n"));
  CHECK(has(bench.get(100, "&bucket=1h&percentiles=99.9&format=ndjson&group_by=topic").body, R"("p99.9":-0.6)"));
  CHECK(has(bench.get(100, "&bucket=15m&percentiles=5&tz=Europe/London").body, R"("p5":null)"));
  const auto refused = [&](const std::string& rest, const std::string& words) {
    const auto response = bench.get(100, rest);
    INFO(rest << " → " << response.body);
    CHECK(response.status == 400);
    CHECK(has(response.body, R"("parameter":"percentiles")"));
    CHECK(has(response.body, words));
  };
  refused("&percentiles=5,101", R"(number 2, \"101\", is not from 0 to 100)");
  refused("&percentiles=median", "number 1, ");
  refused("&percentiles=nan", "number 1, ");
  refused("&percentiles=5,25,5", "number 3, 5, is there twice");
  std::string many = "0";
  for (int i = 1; i <= 20; ++i) many += "," + std::to_string(i);
  refused("&percentiles=" + many, "20");
  {
    storage::Transaction transaction(bench.writer);
    storage::raise_mark(bench.writer, storage::kSweptBefore, storage::to_ms(at_minute(30)));
    transaction.commit();
  }
  const auto swept = bench.get(100, "&bucket=1h&percentiles=5");
  CHECK(swept.status == 400);
  CHECK(has(swept.body,
            "documents before 2026-03-02T09:30:00.000Z have been deleted (storage.retention), and "
            "percentiles needs them"));
  CHECK(bench.get(100, "&bucket=1h").status == 200);
}

TEST_CASE("an answer of sentiment says before when only quarter hours are kept, and names both means") {
  Bench bench;
  CHECK(has(bench.get(100, "&bucket=1h").body, R"("folded_before":null)"));
  CHECK(has(bench.get(100, "&bucket=1h").body, R"("document_mean":-0.6)"));
  CHECK(has(bench.get(100, "&bucket=1h").body, R"("story_mean":-0.6)"));
  storage::Transaction transaction(bench.writer);
  storage::raise_mark(bench.writer, storage::kFoldedBefore, storage::to_ms(at_minute(15)) / storage::kMinuteMs);
  transaction.commit();
  CHECK(has(bench.get(100, "&bucket=1h").body, R"("folded_before":"2026-03-02T09:15:00.000Z")"));
}

TEST_CASE("the series of a company is null before it was watched, and 0 where it was and there was nothing") {
  Bench bench;
  {
    storage::Transaction transaction(bench.writer);
    storage::WatchLog log(bench.writer);
    log.set({"acme"}, at_minute(0));
    log.set({"acme", "bolt"}, at_minute(30));
    transaction.commit();
  }
  SentimentLimits limits;
  Router router;
  PresentNames names;
  names.finder = [] {
    return std::make_shared<const ingest::EntityFinder>(
        std::vector<ingest::WatchedEntity>{{.id = "acme", .name = "Acme"}, {.id = "bolt", .name = "Bolt"}});
  };
  add_sentiment_routes(router, bench.readers, {}, names, limits);
  const auto get = [&](const std::string& rest) {
    return call(router, "GET",
                "/v1/sentiment?from=2026-03-02T09:00:00Z&to=2026-03-02T10:00:00Z&bucket=15m&format=ndjson" + rest, {},
                {}, at_minute(360))
        .body;
  };
  const auto lines = [](const std::string& body, const std::string& words) {
    std::size_t count = 0;
    for (auto at = body.find(words); at != std::string::npos; at = body.find(words, at + 1)) ++count;
    return count;
  };
  const std::string bolt = get("&entity=bolt");
  CHECK(lines(bolt, R"("documents":null)") == 2);
  CHECK(lines(bolt, R"("watched":false)") == 2);
  CHECK(lines(bolt, R"("documents":0)") == 2);
  CHECK(lines(get("&entity=acme"), R"("documents":0)") == 4);
  CHECK(lines(get("&entity=acme,bolt"), R"("documents":null)") == 2);
  CHECK(lines(get(""), "watched") == 0);
}

TEST_CASE("a long answer by company is sent while it is read, and is the same text") {
  Bench bench;
  storage::DocumentWriter documents(bench.writer, {});
  for (int n = 0; n < 60; ++n) {
    auto row = storage_test::document("wire", "c" + std::to_string(n), at_minute(n), "News " + std::to_string(n));
    row.entities = {storage_test::entity("company-" + std::to_string(n % 7))};
    row.model_version = n < 30 ? "one" : "two";
    storage_test::store(bench.writer, documents, row);
  }
  const auto text_of = [&](const std::string& rest, std::size_t sent_whole, std::chrono::milliseconds held) {
    SentimentLimits limits;
    limits.sent_whole = sent_whole;
    limits.held_state = held;
    Router router;
    add_sentiment_routes(router, bench.readers, {}, {}, limits);
    const auto response =
        call(router, "GET", "/v1/sentiment?from=2026-03-01T00:00:00Z&to=2026-03-03T00:00:00Z&group_by=entity" + rest,
             {}, {}, at_minute(360));
    CHECK(response.status == 200);
    return response.body;
  };
  for (const std::string rest : {"&bucket=1m&format=csv", "&bucket=1m&format=json", "&bucket=1m&format=ndjson",
                                 "&bucket=1m&fill=none&format=csv", "&bucket=15m&entity=company-3,company-5",
                                 "&bucket=1m&shape=long&topic=earnings"}) {
    INFO(rest);
    const std::string whole = text_of(rest, 1'000'000, 10s);
    CHECK(text_of(rest, 0, 10s) == whole);
    CHECK(text_of(rest, 0, 0s) == whole);  // what is left is read at the second part
  }
}

TEST_CASE("a long answer by company shows one state of the database") {
  Bench bench;
  storage::DocumentWriter documents(bench.writer, {});
  const auto add = [&](const std::string& id, const std::string& company) {
    auto row = storage_test::document("wire", id, at_minute(5), "News " + id);
    row.entities = {storage_test::entity(company)};
    storage_test::store(bench.writer, documents, row);
  };
  for (const std::string company : {"a", "b", "c"}) add("1" + company, company);
  for (const auto held : {10'000ms, 0ms}) {
    SentimentLimits limits;
    limits.sent_whole = 0;
    limits.held_state = held;
    Router router;
    add_sentiment_routes(router, bench.readers, {}, {}, limits);
    ApiRequest request;
    request.method = "GET";
    request.path = "/v1/sentiment";
    request.query = {{"from", "2026-02-27T00:00:00Z"},
                     {"to", "2026-03-03T00:00:00Z"},
                     {"bucket", "1m"},
                     {"format", "csv"},
                     {"group_by", "entity"}};
    request.now = at_minute(360);
    ApiResponse response = std::get<QueryHandler>(router.match("GET", request.path).route->handler).run(request);
    REQUIRE(response.status == 200);
    const auto count = storage_test::number(bench.writer, "SELECT count(*) FROM document_entity WHERE entity = 3");
    add("later" + std::to_string(held.count()), "c");
    const std::string text = whole(std::move(response)).body;
    CHECK(std::count(text.begin(), text.end(), '\n') == 1 + 3 * 4 * 1440);
    CHECK(has(text, "2026-03-02T09:05:00.000Z,c," + std::to_string(count) + ","));
  }
}
