#include "daemon/api/incident_api.hpp"

#include <boost/json.hpp>

#include "tests/daemon/server/http_support.hpp"
#include "tests/storage/incident/incident_support.hpp"
#include "tests/support/catch.hpp"

using namespace http_test;
using storage::IncidentKind;
using storage_test::at_minute;

namespace {

/// A database with one incident of each of four kinds, and a configured source that has none.
struct Bench : storage_test::IncidentBench {
  Bench() {
    SourceReport feed;
    feed.name = "gazette";
    add_incident_routes(router, readers, {nullptr, [feed] { return std::vector<SourceReport>{feed}; }});
    run(0, 10);
    run(20, 60);
    add(storage_test::document("wire", "1", at_minute(15), "Acme falls"));
    commit([&] {
      storage::IncidentLog log(connection);
      log.note(IncidentKind::late_backlog, {"wire", at_minute(0), at_minute(5), 3, ""}, at_minute(30));
      log.note(IncidentKind::rules_changed, {"", at_minute(40), at_minute(40), std::nullopt, "added: =a, b"},
               at_minute(40));
      log.open(IncidentKind::ingestion_paused, at_minute(50), "disk", at_minute(50));
    });
  }
  ApiResponse get(const std::string& query) {
    return call(router, "GET", "/v1/incidents" + query, {}, {}, at_minute(180));
  }
  std::vector<std::string> kinds(const std::string& query) {
    const auto response = get(query);
    CAPTURE(query, response.body);
    REQUIRE(response.status == 200);
    std::vector<std::string> found;
    const auto page = boost::json::parse(response.body);
    for (const auto& item : page.at("items").as_array()) found.emplace_back(item.at("kind").as_string());
    return found;
  }

  ReaderPool readers{folder.file(), {}, 1};
  Router router;
};

using Kinds = std::vector<std::string>;

}  // namespace

TEST_CASE("incidents as JSON, those that began last first") {
  Bench bench;
  const auto page = boost::json::parse(bench.get("").body);
  CHECK(page == boost::json::parse(R"({"items": [
    {"id": "ingestion_paused-3", "kind": "ingestion_paused", "source": null, "from": "2026-03-02T09:50:00.000Z",
     "to": null, "documents": 0, "noted_at": "2026-03-02T09:50:00.000Z", "detail": "disk"},
    {"id": "rules_changed-2", "kind": "rules_changed", "source": null, "from": "2026-03-02T09:40:00.000Z",
     "to": "2026-03-02T09:40:00.001Z", "documents": null, "noted_at": "2026-03-02T09:40:00.000Z",
     "detail": "added: =a, b"},
    {"id": "daemon_down-2", "kind": "daemon_down", "source": null, "from": "2026-03-02T09:10:00.000Z",
     "to": "2026-03-02T09:20:00.000Z", "documents": 1, "noted_at": "2026-03-02T09:20:00.000Z", "detail": ""},
    {"id": "late_backlog-1", "kind": "late_backlog", "source": "wire", "from": "2026-03-02T09:00:00.000Z",
     "to": "2026-03-02T09:05:00.000Z", "documents": 3, "noted_at": "2026-03-02T09:30:00.000Z", "detail": ""}],
    "next_cursor": null})"));
}

TEST_CASE("incidents as CSV and NDJSON, with the next page in a link") {
  Bench bench;
  const auto csv = bench.get("?format=csv");
  CHECK(csv.content_type == "text/csv; charset=utf-8; header=present");
  CHECK(csv.body ==
        "id,kind,source,from,to,documents,noted_at,detail\r\n"
        "ingestion_paused-3,ingestion_paused,,2026-03-02T09:50:00.000Z,,0,2026-03-02T09:50:00.000Z,disk\r\n"
        "rules_changed-2,rules_changed,,2026-03-02T09:40:00.000Z,2026-03-02T09:40:00.001Z,,"
        "2026-03-02T09:40:00.000Z,\"added: =a, b\"\r\n"
        "daemon_down-2,daemon_down,,2026-03-02T09:10:00.000Z,2026-03-02T09:20:00.000Z,1,2026-03-02T09:20:00.000Z,\r\n"
        "late_backlog-1,late_backlog,wire,2026-03-02T09:00:00.000Z,2026-03-02T09:05:00.000Z,3,"
        "2026-03-02T09:30:00.000Z,\r\n");
  auto response = bench.get("?format=ndjson&limit=3&kind=late_backlog,daemon_down,rules_changed,ingestion_paused");
  std::size_t lines = 0;
  for (int pages = 0; pages < 3; ++pages) {
    REQUIRE(response.status == 200);
    std::istringstream body(response.body);
    for (std::string line; std::getline(body, line); ++lines) CHECK(boost::json::parse(line).at("id").is_string());
    std::string next;
    for (const auto& [name, value] : response.headers) {
      if (name == "Link") next = value.substr(1, value.find('>') - 1);
    }
    if (next.empty()) break;
    response = bench.get(next.substr(next.find('?')));
  }
  CHECK(lines == 4);
}

TEST_CASE("incidents by kind, source and time") {
  Bench bench;
  CHECK(bench.kinds("?kind=daemon_down,late_backlog") == Kinds{"daemon_down", "late_backlog"});
  CHECK(bench.kinds("?kind=daemon_down&kind=late_backlog").size() == 2);
  CHECK(bench.kinds("?source=wire").size() == 4);  // and those of all sources
  CHECK(bench.kinds("?source=gazette") == Kinds{"ingestion_paused", "rules_changed", "daemon_down"});
  CHECK(bench.kinds("?from=2026-03-02T09:05:00Z&to=2026-03-02T09:45:00Z") == Kinds{"rules_changed", "daemon_down"});
  CHECK(bench.kinds("?from=now") == Kinds{"ingestion_paused"});
  const auto first = boost::json::parse(bench.get("?limit=1").body);
  const std::string cursor(first.at("next_cursor").as_string());
  CHECK(bench.kinds("?limit=1&cursor=" + cursor) == Kinds{"rules_changed"});
  CHECK(bench.get("?limit=1&source=wire&cursor=" + cursor).status == 400);
}

TEST_CASE("a mistyped kind or source of incidents is a mistake that names the nearest") {
  Bench bench;
  for (const auto& [query, words] : std::vector<std::pair<std::string, std::string>>{
           {"?kind=source_dwon", "there is no kind of incident 'source_dwon' (did you mean 'source_down'?)"},
           {"?kind=daemon_down,late", "there is no kind of incident 'late'"},
           {"?source=wires", "there is no source 'wires' (did you mean 'wire'?)"},
           {"?source=gazete", "there is no source 'gazete' (did you mean 'gazette'?)"},
           {"?from=now&to=-1h", "must be before to"},
           {"?limit=0", "limit"},
           {"?cursor=x", "cursor"},
           {"?topic=earnings", "topic"}}) {
    const auto refused = bench.get(query);
    INFO(query << " → " << refused.body);
    CHECK(refused.status == 400);
    CHECK(refused.body.find(words) != std::string::npos);
  }
}
