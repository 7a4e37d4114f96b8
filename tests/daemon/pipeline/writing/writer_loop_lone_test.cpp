// A write between two batches takes place as a whole or not at all.
#include "daemon/observe/log.hpp"
#include "daemon/pipeline/writing/detector_rebuild.hpp"
#include "daemon/pipeline/writing/writer_loop.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/database_dump.hpp"
#include "tests/support/new_database.hpp"
#include "tests/support/scored_records.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

namespace {

const TimePoint kFrom = TimePoint(std::chrono::milliseconds(1'767'600'000'000));  // 2026-01-05T08:00:00Z

/// A writer's thread that takes over another configuration, where the rule's alert ends.
struct Bench {
  Bench() : database(tests::open_new(folder.file())) {
    options.rules = {tests::burst_rule()};
    options.detector.model_version = tests::kModel;
    options.config_version = "first";
    applier.emplace(database, options);
    storage::Transaction transaction(database);
    for (const Scored& record : tests::quiet_then_burst(kFrom)) applier->apply(record, record.scored_at);
    applier->finish();
    transaction.commit();
  }

  /// Why it failed; empty: it was committed.
  std::string run(storage::FaultInjector& fault) {
    WriterQueue queue(10, 10);
    CommitNotifier notifier;
    Metrics metrics("test", "test");
    RuleBoard rules;
    const EventClock clock;
    WriterLoop loop({}, {.connection = database,
                         .applier = *applier,
                         .queue = queue,
                         .clock = clock,
                         .notifier = notifier,
                         .metrics = metrics,
                         .rules = rules,
                         .log = silent_logger(),
                         .on_fatal = [](const std::string&) {}});
    const auto before = applier->configuration();
    ApplierConfiguration next = before;
    next.rules[0].name = "another";
    next.version = "second";
    DetectorRebuild rebuild(next.rules, options.detector, {});
    rebuild.read(database, 100);
    std::optional<std::string> ended;
    LoneWrite write;
    write.apply = [&](storage::Connection&, TimePoint now) { applier->reconfigure(next, rebuild, now); };
    write.undo = [&] { applier->configure(before); };
    write.done = [&](const std::string& failure) { ended = failure; };
    REQUIRE(queue.push_lone(write));
    queue.close();
    CHECK_FALSE(queue.push_lone(write));
    database.set_fault(&fault);
    loop.start();
    loop.join();
    database.set_fault(nullptr);
    REQUIRE(ended);
    return *ended;
  }
  std::vector<std::string> dump() {
    return tests::dump_database(database, {"stored_at", "created_at", "next_attempt_at", "event.at", "at", "last_at",
                                           "incident.from_ms", "incident.to_ms", "noted_at"});
  }

  storage_test::TempFolder folder;
  storage::Connection database;
  ApplierOptions options;
  std::optional<Applier> applier;
};

}  // namespace

TEST_CASE("a lone write that fails at operation 0, 1, 2, … leaves everything as it was") {
  Bench whole;
  const auto before = whole.dump();
  storage::FaultInjector counter;
  REQUIRE(whole.run(counter).empty());
  const auto after = whole.dump();
  CHECK(after != before);
  CHECK(storage_test::number(whole.database, "SELECT count(*) FROM alert WHERE reason = 'reconfigured'") == 1);
  REQUIRE(counter.operations() > 10);
  const std::size_t step = std::max<std::size_t>(1, counter.operations() / 40);
  std::size_t failed = 0;
  for (std::size_t operation = 0; operation < counter.operations(); operation += step) {
    INFO("operation " << operation);
    Bench bench;
    storage::FaultInjector fault;
    fault.fail_at(operation, storage::StorageError::Kind::full);
    const std::string failure = bench.run(fault);
    failed += failure.empty() ? 0 : 1;
    CHECK(bench.dump() == (failure.empty() ? after : before));
    CHECK(bench.applier->options().config_version == (failure.empty() ? "second" : "first"));
    CHECK(bench.applier->options().rules.at(0).name == (failure.empty() ? "another" : "negative-burst"));
    CHECK(bench.applier->detector().unfitted().empty());
  }
  CHECK(failed > 10);
}
