#include "daemon/api/request/name_check.hpp"

#include "daemon/api/alert_api.hpp"
#include "daemon/api/document_api.hpp"
#include "daemon/api/sentiment_api.hpp"
#include "tests/daemon/server/http_support.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace http_test;
using storage_test::at_minute;

namespace {

/// The routes over a history of one document, with a watch list and a configured source that have none.
struct Bench {
  Bench() {
    const auto finder = std::make_shared<const ingest::EntityFinder>(
        std::vector<ingest::WatchedEntity>{{"quiet", "Quiet plc", {}, "", "", "", "", {}}});
    SourceReport feed;
    feed.name = "fed";
    const PresentNames names{[finder] { return finder; }, [feed] { return std::vector<SourceReport>{feed}; }};
    const ModelNames model{"test-1", {"earnings", "macro"}};
    add_sentiment_routes(router, readers, model, names);
    add_document_routes(router, readers, model, names);
    add_alert_routes(router, readers, {{}, model, names, [] { return std::vector<std::string>{"burst"}; }});
  }

  ApiResponse get(const std::string& target) { return call(router, "GET", target, {}, {}, at_minute(180)); }
  void store_one() {
    auto row = storage_test::document("wire", "a", at_minute(0), "Halden falls");
    row.entities.push_back(storage_test::entity("halden"));
    storage_test::store(writer, documents, row);
  }

  storage_test::TempFolder folder;
  storage::Connection writer = storage::Connection::open_writer(folder.file());
  storage::DocumentWriter documents{writer, {}};
  ReaderPool readers{folder.file(), {}, 1};
  Router router;
};

}  // namespace

TEST_CASE("an unknown topic, entity or source is a mistake that names the nearest") {
  Bench bench;
  bench.store_one();
  for (const std::string path : {"/v1/sentiment", "/v1/documents", "/v1/alerts"}) {
    for (const auto& [query, words] : std::vector<std::pair<std::string, std::string>>{
             {"topic=earning", "there is no topic 'earning' (did you mean 'earnings'?)"},
             {"entity=haldn", "there is no entity 'haldn' (did you mean 'halden'?)"},
             {"entity=quite", "there is no entity 'quite' (did you mean 'quiet'?)"},
             {"source=wire&source=wires", "there is no source 'wires' (did you mean 'wire'?)"},
             {"source=nobody", "there is no source 'nobody'"}}) {
      const auto refused = bench.get(path + "?" + query);
      INFO(path << "?" << query << " → " << refused.body);
      CHECK(refused.status == 400);
      CHECK(refused.body.find(words) != std::string::npos);
    }
    // Of the history; on the watch list, or configured, without documents yet.
    for (const std::string known : {"entity=halden&source=wire&topic=macro", "entity=quiet", "source=fed"}) {
      CHECK(bench.get(path + "?" + known).status == 200);
    }
  }
}

TEST_CASE("a mistyped rule, state or severity of alerts is a mistake that names the nearest") {
  Bench bench;
  for (const auto& [query, words] : {std::pair("rule=brust", "there is no rule 'brust' (did you mean 'burst'?)"),
                                     {"state=firign", "(did you mean 'firing'?)"},
                                     {"severity=critcal", "(did you mean 'critical'?)"}}) {
    const auto refused = bench.get(std::string("/v1/alerts?") + query);
    INFO(query << " → " << refused.body);
    CHECK(refused.status == 400);
    CHECK(refused.body.find(words) != std::string::npos);
  }
  CHECK(bench.get("/v1/alerts?rule=burst&state=firing&severity=critical").status == 200);
}

TEST_CASE("where no name is known yet, none is a mistake") {
  const storage_test::TempFolder folder;
  storage::Connection::open_writer(folder.file());
  ReaderPool readers(folder.file(), {}, 1);
  Router router;
  add_sentiment_routes(router, readers);
  CHECK(call(router, "GET", "/v1/sentiment?entity=halden&source=wire", {}, {}, at_minute(180)).status == 200);
}
