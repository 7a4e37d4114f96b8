// The read endpoints on a real database, called without sockets.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "daemon/api/alert_api.hpp"
#include "daemon/api/catalogue_api.hpp"
#include "daemon/api/delivery_api.hpp"
#include "daemon/api/document_api.hpp"
#include "daemon/api/score_api.hpp"
#include "daemon/api/sentiment_api.hpp"
#include "daemon/load_parts.hpp"
#include "storage/alert/alert_writer.hpp"
#include "storage/source/source_coverage.hpp"
#include "tests/daemon/server/http_support.hpp"
#include "tests/model/tiny_model.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace http_test;
using storage_test::at_minute;
using storage_test::entity;
using storage_test::store;

namespace {

namespace json = boost::json;

std::vector<SourceReport> one_feed() {
  SourceReport feed;
  feed.name = "fed";
  feed.kind = "feed";
  feed.state = "running";
  feed.last_success = at_minute(5);
  feed.warnings = {"charset overridden"};
  return {feed};
}

/// Documents from 09:00 to 10:00 on a Monday in March 2026, and the routes over them. Now is 12:00.
struct QueryBench {
  QueryBench()
      : writer(storage::Connection::open_writer(folder.file())), readers(folder.file(), {}, 2), now(at_minute(180)) {
    const auto finder = std::make_shared<const ingest::EntityFinder>(
        std::vector<ingest::WatchedEntity>{{"halden", "Halden Bank", {}, "HLDN", "", "", "", {"own"}}});
    const PresentNames names{[finder] { return finder; }, one_feed};
    add_sentiment_routes(router, readers, {}, names);
    add_document_routes(router, readers, ModelNames{"test-1", {"earnings", "macro"}}, names);
    add_alert_routes(router, readers, {{}, ModelNames{"test-1", {"earnings", "macro"}}, names, {}});
    add_delivery_routes(router, readers);
    add_catalogue_routes(router, readers, {{{"earnings", "Earnings"}, {"macro", "Macro"}}, names});
    storage::DocumentWriter documents(writer, {});
    const storage_test::Score good{"macro", "positive", 0.8f, 0.1f, 0.1f};
    auto first = storage_test::document("wire", "a", at_minute(0), "Halden falls", {});
    first.risk = {"fraud", storage::Gravity::grave};
    first.entities.push_back(entity("halden"));
    first.entities.back().risk = {"recall", storage::Gravity::minor};
    store(writer, documents, first);
    store(writer, documents, storage_test::document("wire", "b", at_minute(7), "Halden falls", {}));  // a reprint
    store(writer, documents, storage_test::document("feed", "c", at_minute(20), "<b>Growth</b>, \"strong\"", good));
    store(writer, documents, storage_test::document("feed", "d", at_minute(40), "Texte", {"", "unscored", 0, 0, 0}));
  }

  ApiResponse get(const std::string& target, Fields headers = {}) {
    return call(router, "GET", target, {}, std::move(headers), now);
  }
  json::value ok(const std::string& target) {
    const ApiResponse response = get(target);
    INFO(target << " → " << response.body);
    REQUIRE(response.status == 200);
    return json::parse(response.body);
  }
  unsigned status(const std::string& target) { return get(target).status; }

  storage_test::TempFolder folder;
  storage::Connection writer;
  ReaderPool readers;
  Router router;
  WallTime now;
};

std::string text(const json::value& value) { return std::string(value.as_string()); }

}  // namespace

TEST_CASE("sentiment: buckets with counts of documents, stories that vote once, null where nothing is known") {
  QueryBench bench;
  const auto body = bench.ok("/v1/sentiment?from=2026-03-02T09:00:00Z&to=2026-03-02T10:00:00Z&bucket=15m&unit=story");
  CHECK(body.at("from") == "2026-03-02T09:00:00.000Z");
  CHECK(body.at("bucket") == "15m");
  CHECK(body.at("tz") == "UTC");
  CHECK(body.at("model") == "test-1");
  REQUIRE(body.at("series").as_array().size() == 1);
  const auto& points = body.at("series").at(0).at("points").as_array();
  REQUIRE(points.size() == 4);
  CHECK(points[0].at("t") == "2026-03-02T09:00:00.000Z");
  CHECK(points[0].at("documents") == 2);
  CHECK(points[0].at("stories") == 1);
  CHECK(points[0].at("negative") == 2);
  CHECK(points[0].at("negative_stories") == 1);
  CHECK(points[0].at("mean").as_double() == Approx(-0.6));
  CHECK(points[0].at("stderr").is_null());
  CHECK(points[1].at("positive") == 1);
  CHECK(points[2].at("unscored") == 1);
  CHECK(points[2].at("mean").is_null());
  CHECK(points[3].at("documents") == 0);
  CHECK(points[3].at("mean").is_null());
  CHECK(points[3].at("complete").as_bool());
}

TEST_CASE("sentiment: groups, filters, fill, shapes and formats") {
  QueryBench bench;
  const std::string range = "from=2026-03-02T09:00:00Z&to=2026-03-02T10:00:00Z&bucket=1h";
  const auto grouped = bench.ok("/v1/sentiment?" + range + "&group_by=topic,source&fill=none");
  std::vector<std::string> keys;
  for (const auto& series : grouped.at("series").as_array()) keys.push_back(json::serialize(series.at("key")));
  CHECK(std::find(keys.begin(), keys.end(), R"({"topic":"earnings","source":"wire"})") != keys.end());
  CHECK(std::find(keys.begin(), keys.end(), R"({"topic":"macro","source":"feed"})") != keys.end());
  const auto entity_series = bench.ok("/v1/sentiment?" + range + "&entity=halden");
  CHECK(entity_series.at("series").at(0).at("points").at(0).at("documents") == 1);
  const auto rows = bench.ok("/v1/sentiment?" + range + "&group_by=topic&shape=long");
  CHECK(rows.at("rows").at(0).at("t") == "2026-03-02T09:00:00.000Z");
  const auto csv = bench.get("/v1/sentiment?" + range + "&format=csv&group_by=source");
  CHECK(csv.content_type.starts_with("text/csv"));
  CHECK(csv.body.starts_with("t,source,documents,stories,"));
  CHECK(has(csv.body, "2026-03-02T09:00:00.000Z,wire,2,1,0,0,2,1,0,0,1,-0.6"));
  const auto lines = bench.get("/v1/sentiment?" + range, {{"accept", "application/x-ndjson"}});
  CHECK(json::parse(lines.body.substr(0, lines.body.find('\n'))).at("documents") == 4);
}

TEST_CASE("sentiment: wrong, unbuilt and too large queries") {
  QueryBench bench;
  CHECK(bench.status("/v1/sentiment?bucket=2m") == 400);
  CHECK(bench.status("/v1/sentiment?from=-1h&to=-2h") == 400);
  CHECK(bench.status("/v1/sentiment?group_by=colour") == 400);
  CHECK(bench.status("/v1/sentiment?tz=Mars/Olympus") == 400);
  CHECK(has(bench.get("/v1/sentiment?tz=Europe/Lodnon").body, "did you mean Europe/London?"));
  CHECK(bench.status("/v1/sentiment?bucket=1m&from=2020-01-01T00:00:00Z") == 400);
  CHECK(bench.status("/v1/sentiment?colour=red") == 400);
  CHECK(bench.status("/v1/sentiment?time=published") == 200);
  const auto open = bench.ok("/v1/sentiment?from=-1h&bucket=1h");
  CHECK_FALSE(open.at("series").at(0).at("points").as_array().empty());
}

TEST_CASE("sentiment: coverage is the share covered by the sources, and null if none reports") {
  QueryBench bench;
  const std::string target = "/v1/sentiment?from=2026-03-02T09:00:00Z&to=2026-03-02T10:00:00Z&bucket=15m";
  CHECK(bench.ok(target).at("series").at(0).at("points").at(0).at("coverage").is_null());
  {
    storage::Transaction transaction(bench.writer);
    storage::SourceCoverage(bench.writer, {}).success("fed", at_minute(0), 20min);
    transaction.commit();
  }
  const auto points = bench.ok(target).at("series").at(0).at("points").as_array();
  CHECK(points[0].at("coverage").to_number<double>() == Approx(1.0));
  CHECK(points[1].at("coverage").to_number<double>() < 0.5);
}

TEST_CASE("documents: filters, order, pages and one document with everything") {
  QueryBench bench;
  const auto all = bench.ok("/v1/documents");
  REQUIRE(all.at("items").as_array().size() == 4);
  CHECK(all.at("items").at(0).at("source_id") == "d");
  CHECK(all.at("next_cursor").is_null());
  CHECK(bench.ok("/v1/documents?label=negative").at("items").as_array().size() == 2);
  CHECK(bench.ok("/v1/documents?source=feed&topic=macro").at("items").as_array().size() == 1);
  CHECK(bench.ok("/v1/documents?entity=halden").at("items").as_array().size() == 1);
  CHECK(bench.ok("/v1/documents?q=growth").at("items").as_array().size() == 1);
  CHECK(bench.ok("/v1/documents?q=growth+OR+hal*+-strong").at("items").as_array().size() == 2);
  CHECK(bench.ok("/v1/documents?min_sentiment=0").at("items").as_array().size() == 1);
  CHECK(bench.ok("/v1/documents?order=most_negative&limit=1").at("items").at(0).at("label") == "negative");
  const auto first = bench.ok("/v1/documents?limit=3");
  const std::string cursor = text(first.at("next_cursor"));
  const auto second = bench.ok("/v1/documents?limit=3&cursor=" + cursor);
  CHECK(second.at("items").as_array().size() == 1);
  CHECK(second.at("items").at(0).at("source_id") == "a");
  CHECK(bench.status("/v1/documents?limit=3&label=negative&cursor=" + cursor) == 400);
  CHECK(bench.status("/v1/documents?cursor=nonsense") == 400);

  const auto changes = bench.ok("/v1/documents?after_seq=0");
  CHECK(changes.at("items").at(0).at("source_id") == "a");
  CHECK(changes.at("items").at(0).at("change") == "insert");

  const auto one = bench.ok("/v1/documents/" + text(second.at("items").at(0).at("id")));
  CHECK(one.at("title") == "Halden falls");
  CHECK(one.at("entities").at(0).at("id") == "halden");
  CHECK(one.at("entities").at(0).at("entity_method") == "document");
  CHECK(one.at("topics").at("macro").to_number<double>() == Approx(0.75));
  CHECK(one.at("probabilities").at("negative").to_number<double>() == Approx(0.7));
  CHECK(one.at("story_documents") == 2);
  CHECK(one.at("novelty").at("report") == 1);
  CHECK(one.at("novelty").at("first_at") == one.at("at"));
  CHECK(one.at("novelty").at("first_source") == one.at("source"));
  CHECK(bench.ok("/v1/documents?behind=stories").at("items").as_array().size() == 3);  // of four, two tell one story
  CHECK(bench.status("/v1/documents?behind=negative") == 400);
  CHECK(bench.status("/v1/documents?behind=scored&after_seq=0") == 400);
  CHECK(one.at("revisions").as_array().empty());
  CHECK(bench.status("/v1/documents/999999") == 404);
  CHECK(bench.status("/v1/documents/none") == 404);
  CHECK(bench.status("/v1/documents/1?explain=1") == 501);
}

TEST_CASE("documents: the risk event that one tells, of it and of a company, listed, filtered and exported") {
  QueryBench bench;
  const auto found = [&](const std::string& filter) {
    std::string ids;
    const json::value page = bench.ok("/v1/documents?" + filter);
    for (const auto& item : page.at("items").as_array()) ids += text(item.at("source_id"));
    return ids;
  };
  const auto one = bench.ok("/v1/documents?source_id=a").at("items").at(0);
  CHECK((one.at("event") == "fraud" && one.at("gravity") == "grave"));
  const auto& company = one.at("entities").at(0);
  CHECK((company.at("event") == "recall" && company.at("gravity") == "minor"));
  CHECK(bench.ok("/v1/documents?source_id=b").at("items").at(0).at("event").is_null());
  CHECK((found("gravity=serious") == "a" && found("event=recall,fraud") == "a"));
  CHECK((found("event=recall").empty() && found("event=recall&entity=halden") == "a"));
  CHECK(found("gravity=serious&entity=halden").empty());
  CHECK(bench.status("/v1/documents?gravity=none") == 400);
  CHECK(has(bench.get("/v1/documents?event=frod").body, "there is no risk event 'frod' (did you mean 'fraud'?)"));
  const auto csv = bench.get("/v1/documents?format=csv").body;
  CHECK(has(csv, ",negative,-0.6,0.1,0.2,0.7,earnings,"));
  CHECK(has(csv, ",change,meta,event,gravity,backfilled,entity_labels,entity_sentiments\r\n"));
  CHECK((has(csv, ",insert,,fraud,grave,false,") && has(csv, ",insert,,,,false,,\r\n")));
  const auto of_company =
      fmt::format(",false,{},{}\r\n", text(company.at("label")), company.at("sentiment").as_double());
  CHECK(has(csv, ",insert,,fraud,grave" + of_company));
}

TEST_CASE("one document, explained by the current model") {
  QueryBench bench;
  const auto model = model::test::TinyModel().load();
  Router router;
  const auto scorers = std::make_shared<ScorerFactory>(model, model::ClassifierOptions{}, model::Prior{}, nullptr);
  const auto names = model_names(*model);
  add_document_routes(router, bench.readers, names, {}, scorers);
  add_score_routes(router, scorers, names, {});
  const auto get = [&](const std::string& target) { return call(router, "GET", target, {}, {}, bench.now); };
  const auto one = json::parse(get("/v1/documents/1?explain=1").body);
  CHECK(std::string(one.at("explained").at("model").as_string()) == model->version());
  REQUIRE(one.at("tokens").as_array().size() == 2);
  CHECK(one.at("tokens").at(0).at("text") == "Halden");
  CHECK(json::parse(get("/v1/documents/4?explain=1").body).at("tokens").is_null());  // unscored
  CHECK_FALSE(json::parse(get("/v1/documents/1").body).as_object().contains("tokens"));
  CHECK(get("/v1/documents/1?explain=2").status == 400);

  const auto post = [&](const std::string& body) { return call(router, "POST", "/v1/score", body, {}, bench.now); };
  const auto scored = json::parse(post(R"({"texts":["bank falls","profit"],"explain":true})").body);
  CHECK(scored.at("results").at(0).at("tokens").as_array().size() == 2);
  CHECK(scored.at("results").at(1).at("tokens").as_array().size() == 1);
  CHECK_FALSE(json::parse(post(R"({"texts":["bank"]})").body).at("results").at(0).as_object().contains("tokens"));
  CHECK(post(R"({"texts":["bank"],"explain":1})").status == 400);
  CHECK(post("\xEF\xBB\xBF{\"texts\":[\"bank\"]}").status == 200);
}

TEST_CASE("a wrong score request is refused with the pointer, the limit or the type at fault") {
  const auto model = model::test::TinyModel().load();
  Router router;
  const auto scorers = std::make_shared<ScorerFactory>(model, model::ClassifierOptions{}, model::Prior{}, nullptr);
  ScoreApiOptions options;
  options.max_items = 2;
  add_score_routes(router, scorers, model_names(*model), options);
  const auto post = [&](const std::string& body, const std::string& type = "application/json") {
    return call(router, "POST", "/v1/score", body, {{"content-type", type}});
  };
  for (const auto& [body, expected] : std::vector<std::pair<std::string, std::string>>{
           {R"({"texts":["a"],"top":1})", R"("pointer":"/top")"},
           {R"({"documents":[{"title":"a"},{"title":"b","titel":"c"}]})", R"("pointer":"/documents/1/titel")"},
           {R"({"texts":"a"})", R"("pointer":"/texts")"},
           {R"({"texts":["a"],"documents":[]})", R"("pointer":"")"},
           {R"({"texts":["a","b","c"]})", R"("limit":{"name":"texts","value":2})"},
           {R"({"documents":[{},{},{}]})", R"("limit":{"name":"documents","value":2})"}}) {
    CAPTURE(body);
    const auto refused = post(body);
    CHECK(refused.status == 400);
    CHECK(has(refused.body, expected));
  }
  CHECK(post(R"({"texts":[],"entities":["a"]})").status == 501);
  CHECK(post(R"({"texts":["a"]})", "text/plain").status == 415);
}

TEST_CASE("documents as CSV and NDJSON: hostile titles stay data, the next page is a link") {
  QueryBench bench;
  const auto csv = bench.get("/v1/documents?format=csv&topic=macro");
  CHECK(has(csv.body, "\"<b>Growth</b>, \"\"strong\"\"\""));
  const auto lines = bench.get("/v1/documents?format=ndjson&limit=1");
  CHECK(json::parse(lines.body.substr(0, lines.body.find('\n'))).at("source_id") == "d");
  REQUIRE(lines.headers.size() == 1);
  CHECK(has(lines.headers[0].second, "limit=1&cursor="));
}

TEST_CASE("an export without a limit is everything there is, in parts") {
  QueryBench bench;
  storage::DocumentWriter documents(bench.writer, {});
  {
    storage::Transaction transaction(bench.writer);
    for (int i = 0; i < 2300; ++i) {
      documents.insert(storage_test::document("bulk", std::to_string(i), at_minute(i), "Title", {}), at_minute(i));
    }
    transaction.commit();
  }
  const auto count = [](const ApiResponse& response) {
    return std::count(response.body.begin(), response.body.end(), '\n');
  };
  CHECK(count(bench.get("/v1/documents?format=ndjson&source=bulk")) == 2300);
  CHECK(bench.get("/v1/documents?format=ndjson&source=bulk").headers.empty());
  const auto csv = bench.get("/v1/documents?format=csv&source=bulk&order=oldest");
  CHECK(count(csv) == 2301);
  CHECK(csv.body.find("id,seq,revision") == csv.body.rfind("id,seq,revision"));
  CHECK(count(bench.get("/v1/documents?format=ndjson&source=bulk&limit=7")) == 7);
  CHECK(bench.ok("/v1/documents?source=bulk").at("items").as_array().size() == 100);
}

TEST_CASE("a topic holds what was scored under the ids merged into it; a former id means it, with a warning") {
  QueryBench bench;
  const ModelNames model{"test-2", {"results"}, {{"earnings", "results"}}};
  Router router;
  add_sentiment_routes(router, bench.readers, model);
  add_document_routes(router, bench.readers, model);
  for (const std::string topic : {"results", "earnings"}) {
    for (const std::string path :
         {"/v1/documents?topic=", "/v1/sentiment?from=2026-03-02T09:00:00Z&bucket=1d&topic="}) {
      const auto response = call(router, "GET", path + topic, {}, {}, bench.now);
      REQUIRE(response.status == 200);
      const auto warned = std::ranges::find(response.headers, "Warning", &Fields::value_type::first);
      CHECK((warned != response.headers.end()) == (topic == "earnings"));
      if (warned != response.headers.end()) CHECK(has(warned->second, "'earnings' is part of 'results'"));
      CHECK(has(response.body, path.starts_with("/v1/documents") ? "Halden falls" : "\"documents\":2"));
      CHECK_FALSE(has(response.body, "Growth"));
    }
  }
}

TEST_CASE("an invalid search is 400 with the position, in every format") {
  QueryBench bench;
  for (const std::string format : {"json", "csv", "ndjson"}) {
    const auto refused = bench.get("/v1/documents?format=" + format + "&q=halden+%22falls");
    CHECK(refused.status == 400);
    CHECK(has(refused.body, R"("parameter":"q")"));
    CHECK(has(refused.body, "at character 8: this quotation mark is not closed"));
  }
  CHECK(has(bench.get("/v1/documents?q=OR").body, "at character 1: OR needs"));
}

TEST_CASE("documents are found by the id that their source gives") {
  QueryBench bench;
  const auto found = bench.ok("/v1/documents?source=wire&source_id=b");
  REQUIRE(found.at("items").as_array().size() == 1);
  CHECK(found.at("items").at(0).at("source_id") == "b");
  CHECK(bench.ok("/v1/documents?source_id=b&source_id=d").at("items").as_array().size() == 2);
}

TEST_CASE("documents show their metadata and are found by it") {
  QueryBench bench;
  storage::DocumentWriter documents(bench.writer, {});
  auto filing = storage_test::document("feed", "f", at_minute(50), "8-K - Halden Bank", {});
  filing.metadata = {{"form", "8-K"}, {"items", "4.02"}, {"items", "9.01"}, {"origin", "News: \"daily\""}};
  store(bench.writer, documents, filing);
  const std::string shown = R"({"form":["8-K"],"items":["4.02","9.01"],"origin":["News: \"daily\""]})";
  const auto found = bench.ok("/v1/documents?meta=form:8-K&meta=items:1.01&meta=items:9.01");
  REQUIRE(found.at("items").as_array().size() == 1);
  CHECK(json::serialize(found.at("items").at(0).at("meta")) == shown);
  CHECK(json::serialize(bench.ok("/v1/documents/" + text(found.at("items").at(0).at("id"))).at("meta")) == shown);
  CHECK(bench.ok("/v1/documents?meta=origin:News%3A%20%22daily%22").at("items").as_array().size() == 1);
  CHECK(bench.ok("/v1/documents?meta=form:10-Q").at("items").as_array().empty());
  CHECK(json::serialize(bench.ok("/v1/documents?source_id=b").at("items").at(0).at("meta")) == "{}");
  const std::string csv = bench.get("/v1/documents?meta=form:8-K&format=csv").body;
  CHECK(has(csv, R"(,insert,"form:8-K;items:4.02;items:9.01;origin:News: ""daily""")"));
  for (const char* wrong : {"form", "form:", ":8-K", "Form:8-K", "a%20b:c"}) {
    const ApiResponse refused = bench.get(std::string("/v1/documents?meta=") + wrong);
    CHECK(refused.status == 400);
    CHECK(has(refused.body, "expected NAME:VALUE"));
  }
}

TEST_CASE("Accept: the preferred format wins; a text that would be a formula is disarmed only in CSV") {
  QueryBench bench;
  const auto type = [&](const std::string& accept) {
    return bench.get("/v1/documents", {{"accept", accept}}).content_type.substr(0, 16);
  };
  CHECK(type("") == "application/json");
  CHECK(type("*/*") == "application/json");
  CHECK(type("text/html, application/json;q=0.5, text/csv; q=0.9") == "text/csv; charse");
  CHECK(type("text/csv;q=0.1, application/x-ndjson;q=0.2").starts_with("application/x-nd"));
  CHECK(type("text/csv;q=0, */*;q=0.1") == "application/json");
  storage::DocumentWriter documents(bench.writer, {});
  store(bench.writer, documents, storage_test::document("evil", "=1", at_minute(50), "=cmd|' /C calc'!A0", {}));
  const auto csv = bench.get("/v1/documents?format=csv&source=evil");
  CHECK(has(csv.body, ",evil,'=1,"));
  CHECK(has(csv.body, ",'=cmd|' /C calc'!A0,"));
  CHECK(has(csv.body, ",-0.6,"));
  CHECK(has(bench.get("/v1/documents?format=ndjson&source=evil").body, "\"title\":\"=cmd|"));
}

TEST_CASE("topics, entities and sources: what exists, with counts and health") {
  QueryBench bench;
  const auto topics = bench.ok("/v1/topics");
  CHECK(topics.at("items").at(0).at("id") == "earnings");
  CHECK(topics.at("items").at(0).at("name") == "Earnings");
  CHECK(topics.at("items").at(0).at("documents") == 2);
  CHECK(bench.ok("/v1/topics?limit=1").at("next_cursor") == "earnings");
  CHECK(bench.ok("/v1/topics?limit=1&cursor=earnings").at("items").at(0).at("id") == "macro");
  CHECK(bench.ok("/v1/topics?limit=1&cursor=f").at("next_cursor").is_null());  // a cursor is a place, not an item
  const auto entities = bench.ok("/v1/entities");
  CHECK(entities.at("items").at(0).at("name") == "Halden Bank");
  CHECK(entities.at("items").at(0).at("watched").as_bool());
  CHECK(entities.at("items").at(0).at("tags").at(0) == "own");
  const auto sources = bench.ok("/v1/sources");
  CHECK(sources.at("items").at(0).at("id") == "fed");
  CHECK(sources.at("items").at(1).at("id") == "feed");
  CHECK(sources.at("items").at(0).at("health").at("last_success") == "2026-03-02T09:05:00.000Z");
  CHECK(sources.at("items").at(0).at("health").at("warnings").at(0) == "charset overridden");
  CHECK(sources.at("items").as_array().size() == 3);  // fed, and the documents' own: wire, feed
}

TEST_CASE("alerts: the list, one with its transitions and deliveries, the deliveries") {
  QueryBench bench;
  storage::AlertRow row;
  row.id = "0123456789abcdef01234567";
  row.rule = "burst";
  row.severity = "critical";
  row.state = "firing";
  row.key_json = R"({"topic":"earnings"})";
  row.measure = "negative_stories";
  row.evidence_json = R"({"summary":"Earnings: 14 negative stories","observed":14})";
  row.started_at = row.updated_at = at_minute(30);
  row.sequence = 1;
  row.type = "alert.firing";
  {
    storage::Transaction transaction(bench.writer);
    std::vector<storage::OutboxMessage> messages(1);
    messages[0] = {"msg_1", "desk", "alert.firing", row.id, "{}", at_minute(30)};
    storage::AlertWriter(bench.writer, {}).record(row, messages, at_minute(30));
    transaction.commit();
  }
  const auto list = bench.ok("/v1/alerts?state=firing&rule=burst");
  REQUIRE(list.at("items").as_array().size() == 1);
  CHECK(list.at("items").at(0).at("summary") == "Earnings: 14 negative stories");
  CHECK(list.at("items").at(0).at("key").at("topic") == "earnings");
  CHECK(list.at("items").at(0).at("evidence").at("observed") == 14);
  CHECK(bench.ok("/v1/alerts?state=resolved").at("items").as_array().empty());
  const auto one = bench.ok("/v1/alerts/" + row.id);
  CHECK(one.at("transitions").at(0).at("type") == "alert.firing");
  CHECK(one.at("deliveries").at(0).at("webhook") == "desk");
  CHECK(one.at("deliveries").at(0).at("state") == "pending");
  CHECK(bench.ok("/v1/deliveries?webhook=desk").at("items").as_array().size() == 1);
  CHECK(bench.ok("/v1/deliveries?state=delivered").at("items").as_array().empty());
  CHECK(bench.status("/v1/alerts/none") == 404);
  CHECK(bench.status("/v1/alerts?state=asleep") == 400);
  CHECK(bench.status("/v1/alerts?format=csv") == 400);
  CHECK(bench.status("/v1/alerts?from=-1h&to=-2h") == 400);
}

TEST_CASE("readers that were stopped say so") {
  QueryBench bench;
  CHECK(bench.status("/v1/topics") == 200);
  bench.readers.stop();
  const auto response = bench.get("/v1/topics");
  CHECK(response.status == 503);
  CHECK(has(response.body, "stopping"));
}
