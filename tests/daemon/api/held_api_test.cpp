#include "daemon/api/held_api.hpp"

#include <thread>

#include "storage/connection/transaction.hpp"
#include "storage/document/held_documents.hpp"
#include "tests/daemon/server/http_support.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace http_test;

namespace {

struct HeldBench {
  HeldBench() {
    for (const char* id : {"a", "b", "c"}) {
      storage::HeldRow row;
      row.source = "wire";
      row.external_id = id;
      row.intake = "kafka";
      row.title = std::string("title ") + id;
      row.document = "{}";
      if (*id == 'a') row.embargo_until = storage::TimePoint{std::chrono::hours{24}};
      storage::Transaction transaction(database);
      storage::HeldDocuments(database).put(row);
      transaction.commit();
    }
    add_held_routes(router, readers, {writer});
  }
  /// Sends the request; another thread does what it asks of the writer.
  ApiResponse forget(const std::string& id) {
    std::thread writing([this] {
      for (auto& command : writer.pop(0, std::chrono::seconds(20)).commands) {
        storage::Transaction transaction(database);
        command.apply(database, {});
        transaction.commit();
        command.done(true);
      }
    });
    ApiResponse response = call(router, "DELETE", "/v1/held?id=" + id);
    writing.join();
    return response;
  }

  tests::ScratchFolder folder;
  storage::Connection database = storage::Connection::open_writer(folder.at("t.db"));
  ReaderPool readers{folder.at("t.db"), storage::StorageOptions{}, 1};
  WriterQueue writer{1, 8};
  Router router;
};

}  // namespace

TEST_CASE("held documents are listed for those who operate, page by page") {
  HeldBench bench;
  for (const Route& route : bench.router.routes()) CHECK(route.access == Access::operate);
  const auto first = call(bench.router, "GET", "/v1/held?limit=2");
  CHECK(has(first.body,
            R"({"id":"1","source":"wire","source_id":"a","intake":"kafka","title":"title a","url":"",)"
            R"("revision":null,"held_at":"1970-01-01T00:00:00.000Z","embargo_until":"1970-01-02T00:00:00.000Z"})"));
  CHECK(has(first.body, R"("next_cursor":"2")"));
  const auto second = call(bench.router, "GET", "/v1/held?after=2");
  CHECK(has(second.body, R"("source_id":"c")"));
  CHECK(has(second.body, R"("embargo_until":null)"));
  CHECK(has(second.body, R"("next_cursor":null)"));
  CHECK_FALSE(has(second.body, R"("source_id":"a")"));
}

TEST_CASE("a held document is forgotten by its id") {
  HeldBench bench;
  CHECK(call(bench.router, "DELETE", "/v1/held").status == 400);
  CHECK(call(bench.router, "DELETE", "/v1/held?id=x").status == 400);
  CHECK(bench.forget("2").body == R"({"id":"2","status":"deleted"})");
  CHECK(bench.forget("2").status == 404);
  CHECK_FALSE(has(call(bench.router, "GET", "/v1/held").body, R"("source_id":"b")"));
}
