#include "daemon/api/rescore_api.hpp"

#include <spdlog/sinks/null_sink.h>

#include <climits>
#include <thread>

#include "storage/alert/audit.hpp"
#include "storage/connection/transaction.hpp"
#include "storage/document/document_writer.hpp"
#include "tests/daemon/server/http_support.hpp"
#include "tests/model/tiny_model.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace http_test;
using namespace std::chrono_literals;

namespace {

/// Another text for each number below 64, of words that the model knows.
std::string title(int number) {
  std::string words = "A bank";
  for (int bit = 0; bit < 6; ++bit) words += (number >> bit) % 2 == 0 ? " falls" : " rises";
  return words;
}

/// Forty documents that an earlier model has scored, and a writer's thread that does what it is asked.
struct RescoreBench {
  explicit RescoreBench(bool has_entity_head = true) {
    storage::DocumentWriter documents(database, {});
    for (int i = 0; i < 40; ++i) {
      storage_test::store(database, documents,
                          storage_test::document("wire", std::to_string(i), storage_test::at_minute(i), title(i)));
    }
    add_rescore_routes(router, task, {writer}, {model->version(), has_entity_head});
    writing = std::thread([this] {
      while (true) {
        auto batch = writer.pop(0, 50ms);
        for (auto& command : batch.commands) carry_out(command);
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

  void carry_out(Command& command) {
    if (willing == 0) {
      ++refused;
      return command.done(false);
    }
    --willing;
    storage::Transaction transaction(database);
    command.apply(database, storage_test::at_minute(100));
    transaction.commit();
    command.done(true);
  }
  RescoringTask new_task() {
    return {{.database = folder.file(), .look_every = 1ms, .store_again = 1ms},
            {writer,
             [this] { return Scorer(scheduler, Lane::history, std::make_shared<const ingest::EntityFinder>(), {}); },
             [this] { return ++looked > 0 && disk_is_low; }},
            std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::null_sink_mt>())};
  }
  ApiResponse post(const std::string& body) {
    return call(router, "POST", "/v1/rescore", body, {{"Content-Type", "application/json"}});
  }
  std::string state() { return call(router, "GET", "/v1/rescore").body; }
  template <class Condition>
  void wait_for(const Condition& holds) {
    const auto end = std::chrono::steady_clock::now() + 60s;
    while (!holds()) {
      REQUIRE(std::chrono::steady_clock::now() < end);
      std::this_thread::sleep_for(1ms);
    }
  }
  /// Of the rescoring that runs, after its end.
  std::string ended() {
    wait_for([this] { return !task.state().running; });
    return state();
  }
  std::int64_t count(const std::string& what) {
    auto reader = storage::Connection::open_reader(folder.file());
    return storage_test::number(reader, "SELECT count(*) FROM " + what);
  }

  storage_test::TempFolder folder;
  std::shared_ptr<const model::ModelPackage> model = model::test::TinyModel({.entity_heads = 2}).load();
  std::shared_ptr<model::LogitCache> cache = std::make_shared<model::LogitCache>(1 << 20);
  Scheduler scheduler{model, {.cache = cache}};
  storage::Connection database = storage::Connection::open_writer(folder.file());
  WriterQueue writer{1, 8};
  std::atomic<int> willing{INT_MAX}, refused{0};  // writes that the writer takes before it refuses all
  std::atomic<bool> disk_is_low{false};
  std::atomic<int> looked{0};  // at the disk
  RescoringTask task = new_task();
  Router router;
  std::thread writing;
};

}  // namespace

TEST_CASE("a daemon scores the history that it is asked for, one request at a time, and says how far it is") {
  RescoreBench bench;
  CHECK(bench.state() == R"({"running":false,"model":")" + bench.model->version() +
                             R"(","from":null,"to":null,"entities":false,"documents":0,"left":0,"failure":null})");
  bench.willing = 1;
  const auto begun = bench.post(R"({"from":"2026-03-02T09:10:00Z","to":"2026-03-02T09:30:00Z","entities":true})");
  CHECK(begun.status == 200);
  CHECK(has(begun.body, R"("running":true)"));
  CHECK(has(begun.body, R"("documents":null,"left":null)"));  // not counted yet
  CHECK(has(begun.body, R"("from":"2026-03-02T09:10:00.000Z","to":"2026-03-02T09:30:00.000Z","entities":true)"));
  CHECK(bench.post("{}").status == 409);
  bench.willing = INT_MAX;
  CHECK(has(bench.ended(), R"("documents":20,"left":0,"failure":null)"));
  CHECK(bench.count("rescored WHERE mentions = 1") == 20);
  // All the rest.
  CHECK(bench.post("{}").status == 200);
  CHECK(has(bench.ended(), R"("from":null,"to":null,"entities":false,"documents":20,"left":0,"failure":null)"));
  CHECK(bench.post(R"({"from":1767225600000.0})").status == 200);  // an integer all the same
  CHECK(has(bench.ended(), R"("from":"2026-01-01T00:00:00.000Z")"));
  CHECK(bench.count("rescored") == 40);
}

TEST_CASE("who asks for a rescoring is in the audit, and what is asked for is kept until it is done") {
  RescoreBench bench;
  bench.willing = 1;
  CHECK(bench.post(R"({"from":"2026-03-02T09:10:00Z"})").status == 200);
  bench.wait_for([&] { return bench.refused > 0; });
  CHECK(bench.count("rescoring") == 1);
  CHECK(bench.post("{}").status == 409);  // is not in the audit
  const auto audit = storage::Audit(bench.database).list({}).items;
  REQUIRE(audit.size() == 1);
  CHECK(audit[0].action == "history.rescore");
  CHECK(audit[0].role == "admin");
  CHECK(audit[0].target == bench.model->version());
  CHECK(audit[0].detail_json == R"({"from":"2026-03-02T09:10:00.000Z","to":null,"entities":false})");
  bench.task.stop();
  CHECK(bench.count("rescoring") == 1);

  bench.willing = INT_MAX;
  RescoringTask next = bench.new_task();  // of the daemon's next start
  next.go_on(bench.database, bench.model->version(), false);
  CHECK(next.state().running);
  CHECK(next.state().query.from == storage_test::at_minute(10));
  bench.wait_for([&] { return !next.state().running; });
  CHECK(next.state().failure.empty());
  CHECK(bench.count("rescored") == 30);
  CHECK(bench.count("rescoring") == 0);
  next.go_on(bench.database, bench.model->version(), false);
  CHECK_FALSE(next.state().running);
}

TEST_CASE("a rescoring that cannot be kept does not begin, and leaves room for another") {
  RescoreBench bench;
  bench.willing = 0;
  CHECK(bench.post("{}").status == 503);
  CHECK_FALSE(bench.task.state().running);
  bench.willing = INT_MAX;
  CHECK(bench.post("{}").status == 200);
  CHECK(has(bench.ended(), R"("documents":40,"left":0)"));
}

TEST_CASE("what the writer refuses is not scored again before it is stored") {
  RescoreBench bench;
  bench.willing = 1;
  CHECK(bench.post("{}").status == 200);
  bench.wait_for([&] { return bench.refused > 2; });
  bench.willing = INT_MAX;
  CHECK(has(bench.ended(), R"("documents":40,"left":0,"failure":null)"));
  const auto looked_up = bench.cache->take_counts();
  CHECK(looked_up.hits == 0);
  CHECK(looked_up.misses == 40);
}

TEST_CASE("history is not scored while the disk has too little room for news") {
  RescoreBench bench;
  bench.disk_is_low = true;
  CHECK(bench.post("{}").status == 200);
  bench.wait_for([&] { return bench.looked > 3; });
  CHECK(bench.count("rescored") == 0);
  bench.disk_is_low = false;
  CHECK(has(bench.ended(), R"("documents":40,"left":0,"failure":null)"));
}

TEST_CASE("a rescoring that the daemon's stop ends says so, and no other begins") {
  RescoreBench bench;
  bench.willing = 1;
  CHECK(bench.post("{}").status == 200);
  bench.task.stop();
  CHECK(has(bench.state(), R"("running":false)"));
  CHECK(has(bench.state(), R"("failure":"the daemon is stopping")"));
  CHECK(bench.post("{}").status == 409);
}

TEST_CASE("an operator ends a rescoring: what is done stays, and neither a start nor the next one is held up") {
  RescoreBench bench;
  const auto end = [&] { return call(bench.router, "DELETE", "/v1/rescore"); };
  CHECK(end().status == 409);
  bench.disk_is_low = true;
  CHECK(bench.post("{}").status == 200);
  bench.wait_for([&] { return bench.looked > 0; });
  CHECK(end().status == 200);
  CHECK(has(bench.ended(), R"("failure":"an operator has ended it")"));
  CHECK(bench.count("rescoring") == 0);
  CHECK(end().status == 409);
  const auto audit = storage::Audit(bench.database).list({}).items;
  REQUIRE(audit.size() == 2);
  CHECK(audit[0].action == "history.rescore.end");
  bench.disk_is_low = false;
  CHECK(bench.post("{}").status == 200);
  CHECK(has(bench.ended(), R"("documents":40,"left":0,"failure":null)"));
}

TEST_CASE("what is wrong with a request to rescore is named") {
  RescoreBench bench(false);
  for (const Route& route : bench.router.routes()) {
    CHECK(route.access == (route.method == "GET" ? Access::read : Access::operate));
  }
  CHECK(has(bench.post(R"({"from":"2026-03-02T09:10:00Z","to":"2026-03-02T09:10:00Z"})").body, "must be before to"));
  CHECK(has(bench.post(R"({"entities":true})").body, "has no entity head"));
  CHECK(has(bench.post(R"({"entities":"yes"})").body, "must be true or false"));
  CHECK(has(bench.post(R"({"since":1})").body, "since"));
  CHECK(bench.post("[]").status == 400);
  CHECK(call(bench.router, "GET", "/v1/rescore?x=1").status == 400);
  CHECK_FALSE(bench.task.state().running);
}
