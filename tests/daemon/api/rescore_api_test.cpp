#include "daemon/api/rescore_api.hpp"

#include <spdlog/sinks/null_sink.h>

#include <thread>

#include "storage/connection/transaction.hpp"
#include "storage/document/document_writer.hpp"
#include "tests/daemon/server/http_support.hpp"
#include "tests/model/tiny_model.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace http_test;
using namespace std::chrono_literals;

namespace {

/// Forty documents that an earlier model has scored, and a writer's thread that does what it is asked.
struct RescoreBench {
  explicit RescoreBench(bool has_entity_head = true) {
    storage::DocumentWriter documents(database, {});
    for (int i = 0; i < 40; ++i) {
      storage_test::store(
          database, documents,
          storage_test::document("wire", std::to_string(i), storage_test::at_minute(i), "A bank falls"));
    }
    add_rescore_routes(router, task, {model->version(), has_entity_head});
    writing = std::thread([this] {
      while (true) {
        auto batch = writer.pop(0, 50ms);
        for (auto& command : batch.commands) {
          storage::Transaction transaction(database);
          command.apply(database, {});
          transaction.commit();
          command.done(true);
        }
        if (batch.closed) return;
      }
    });
  }
  ~RescoreBench() {
    task.stop();
    writer.close();
    writing.join();
  }
  RescoreBench(const RescoreBench&) = delete;
  RescoreBench& operator=(const RescoreBench&) = delete;

  ApiResponse post(const std::string& body) {
    return call(router, "POST", "/v1/rescore", body, {{"Content-Type", "application/json"}});
  }
  std::string state() { return call(router, "GET", "/v1/rescore").body; }
  /// Of the rescoring that runs, after its end.
  std::string ended() {
    const auto end = std::chrono::steady_clock::now() + 60s;
    while (task.state().running) {
      REQUIRE(std::chrono::steady_clock::now() < end);
      std::this_thread::sleep_for(1ms);
    }
    return state();
  }

  storage_test::TempFolder folder;
  std::shared_ptr<const model::ModelPackage> model = model::test::TinyModel({.entity_heads = 2}).load();
  Scheduler scheduler{model};
  storage::Connection database = storage::Connection::open_writer(folder.file());
  WriterQueue writer{1, 8};
  std::atomic<bool> news{false};
  RescoringTask task{
      {.database = folder.file(), .look_every = 1ms, .longest_wait = 10min},
      {writer, [this] { return Scorer(scheduler, Lane::history, std::make_shared<const ingest::EntityFinder>(), {}); },
       [this] { return news.load(); }},
      std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::null_sink_mt>())};
  Router router;
  std::thread writing;
};

}  // namespace

TEST_CASE("a daemon scores the history that it is asked for, one request at a time, and says how far it is") {
  RescoreBench bench;
  CHECK(bench.state() == R"({"running":false,"model":")" + bench.model->version() +
                             R"(","from":null,"to":null,"entities":false,"documents":0,"left":0,"failure":null})");
  bench.news = true;
  const auto begun = bench.post(R"({"from":"2026-03-02T09:10:00Z","to":"2026-03-02T09:30:00Z","entities":true})");
  CHECK(begun.status == 200);
  CHECK(has(begun.body, R"("running":true)"));
  CHECK(has(begun.body, R"("from":"2026-03-02T09:10:00.000Z","to":"2026-03-02T09:30:00.000Z","entities":true)"));
  CHECK(bench.post("{}").status == 409);
  bench.news = false;
  CHECK(has(bench.ended(), R"("documents":20,"left":0,"failure":null)"));
  CHECK(storage_test::number(bench.database, "SELECT count(*) FROM rescored WHERE mentions = 1") == 20);
  // All the rest.
  CHECK(bench.post("{}").status == 200);
  CHECK(has(bench.ended(), R"("from":null,"to":null,"entities":false,"documents":20,"left":0,"failure":null)"));
  CHECK(bench.post(R"({"from":1767225600000.0})").status == 200);  // an integer all the same
  CHECK(has(bench.ended(), R"("from":"2026-01-01T00:00:00.000Z")"));
  CHECK(storage_test::number(bench.database, "SELECT count(*) FROM rescored") == 40);
}

TEST_CASE("a rescoring that the daemon's stop ends says so, and no other begins") {
  RescoreBench bench;
  bench.news = true;
  CHECK(bench.post("{}").status == 200);
  bench.task.stop();
  CHECK(has(bench.state(), R"("running":false)"));
  CHECK(has(bench.state(), R"("failure":"the daemon is stopping")"));
  CHECK(bench.post("{}").status == 409);
}

TEST_CASE("what is wrong with a request to rescore is named") {
  RescoreBench bench(false);
  for (const Route& route : bench.router.routes()) {
    CHECK(route.access == (route.method == "POST" ? Access::operate : Access::read));
  }
  CHECK(has(bench.post(R"({"from":"2026-03-02T09:10:00Z","to":"2026-03-02T09:10:00Z"})").body, "must be before to"));
  CHECK(has(bench.post(R"({"entities":true})").body, "has no entity head"));
  CHECK(has(bench.post(R"({"entities":"yes"})").body, "must be true or false"));
  CHECK(has(bench.post(R"({"since":1})").body, "since"));
  CHECK(bench.post("[]").status == 400);
  CHECK(call(bench.router, "GET", "/v1/rescore?x=1").status == 400);
  CHECK_FALSE(bench.task.state().running);
}
