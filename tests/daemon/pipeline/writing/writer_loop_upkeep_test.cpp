// What the writer does between commits, and what it says while they fail.
#include <spdlog/sinks/ostream_sink.h>

#include <sstream>

#include "daemon/observe/log.hpp"
#include "daemon/pipeline/writing/writer_loop.hpp"
#include "storage/maintain/storage_counts.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scored_records.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

namespace {

const TimePoint kFrom = TimePoint(std::chrono::milliseconds(1'767'600'000'000));  // 2026-01-05T08:00:00Z

/// A writer's thread over its own database that commits some records; what it says is in `text`, as JSON.
struct UpkeepBench {
  UpkeepBench() : database(storage::Connection::open_writer(folder.file())) {
    options.rules = {tests::burst_rule()};
    options.detector.model_version = tests::kModel;
    sink->set_formatter(log_formatter("json"));
    loop_options.retry_first = loop_options.retry_most = 1ms;
  }

  void run(storage::FaultInjector* fault = nullptr) {
    Applier applier(database, options);
    WriterQueue queue(1000, 10);
    CommitNotifier notifier;
    Metrics metrics("test", "test");
    RuleBoard rules;
    const EventClock clock;
    WriterLoop loop(loop_options, {.connection = database,
                                   .applier = applier,
                                   .queue = queue,
                                   .clock = clock,
                                   .notifier = notifier,
                                   .metrics = metrics,
                                   .rules = rules,
                                   .log = std::make_shared<spdlog::logger>("writer", sink),
                                   .on_fatal = [](const std::string&) {}});
    for (auto& record : tests::quiet_then_burst(kFrom)) REQUIRE(queue.push(std::move(record)));
    queue.close();
    database.set_fault(fault);
    loop.start();
    loop.join();
    database.set_fault(nullptr);
  }
  std::size_t said(const std::string& part) const {
    std::size_t times = 0;
    for (std::size_t at = text.str().find(part); at != std::string::npos; at = text.str().find(part, at + 1)) ++times;
    return times;
  }

  storage_test::TempFolder folder;
  storage::Connection database;
  ApplierOptions options;
  WriterLoopOptions loop_options;
  std::ostringstream text;
  std::shared_ptr<spdlog::sinks::ostream_sink_mt> sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(text);
};

}  // namespace

TEST_CASE("a commit that fails is told once, and that it succeeds again; the alert with its fields") {
  UpkeepBench bench;
  storage::FaultInjector fault;
  fault.fail_at(3, storage::StorageError::Kind::full);
  bench.run(&fault);
  INFO(bench.text.str());
  CHECK(fault.fired());
  CHECK(bench.said("\"event\":\"commit.failing\",\"failures\":1}") == 1);
  CHECK(bench.said("\"event\":\"commit.recovered\",\"failures\":1}") == 1);
  CHECK(bench.said("\"event\":\"alert.firing\",\"alert\":\"") == 1);
  CHECK(bench.said("\"rule\":\"" + tests::burst_rule().name + "\",\"severity\":\"") >= 1);
  CHECK(bench.said("\"state\":\"firing\"") >= 1);
}

TEST_CASE("a large write-ahead log is cut between two commits, and one that a reader keeps is told once") {
  UpkeepBench bench;
  bench.loop_options.most_wal_bytes = 64 << 10;
  bench.loop_options.wal_look_every = 0ms;
  bench.loop_options.wal_patience = 1ms;
  bench.loop_options.max_batch = 8;
  auto reader = storage::Connection::open_reader(bench.folder.file());
  {
    const storage::ReadTransaction snapshot(reader);
    auto rows = reader.prepare("SELECT count(*) FROM document");
    REQUIRE(rows.step());
    bench.run();
    INFO(bench.text.str());
    CHECK(bench.said("\"event\":\"wal.large\"") == 1);
    CHECK(bench.said("\"event\":\"wal.cut\"") == 0);
    CHECK(storage::wal_bytes(bench.folder.file()) > bench.loop_options.most_wal_bytes);
  }
  bench.run();
  CHECK(bench.said("\"event\":\"wal.cut\"") >= 1);
  CHECK(storage::wal_bytes(bench.folder.file()) <= bench.loop_options.most_wal_bytes);
}

TEST_CASE("alerts of one rule beyond its lines a minute are counted, not written") {
  UpkeepBench bench;
  bench.loop_options.log_lines.lines = 0;
  bench.run();
  CHECK(bench.said("\"event\":\"alert.firing\"") == 0);
}
