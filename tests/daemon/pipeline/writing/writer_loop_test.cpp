// The writer's guarantees: a commit that fails at any operation changes nothing in the end, and nothing is lost.
#include "daemon/pipeline/writing/writer_loop.hpp"

#include "daemon/observe/log.hpp"
#include "storage/connection/transaction.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/database_dump.hpp"
#include "tests/support/new_database.hpp"
#include "tests/support/scored_records.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

namespace {

const TimePoint kFrom = TimePoint(std::chrono::milliseconds(1'767'600'000'000));  // 2026-01-05T08:00:00Z

/// Everything the loop needs, over its own database.
struct Bench {
  Bench() : connection(tests::open_new(folder.file())) {
    options.rules = {tests::burst_rule()};
    options.config_version = "c1";
    alerts::WebhookOptions webhook;
    webhook.name = "desk";
    webhook.url = "http://127.0.0.1:9/";
    options.webhooks = {webhook};
    loop_options.max_batch = 8;
    loop_options.retry_first = 1ms;
    loop_options.retry_most = 1ms;
  }

  /// Commits the records (and one command) and waits for the end.
  void run(std::vector<Scored> records, storage::FaultInjector* fault = nullptr, bool command_throws = false) {
    options.detector.model_version = tests::kModel;
    Applier applier(connection, options);
    WriterQueue queue(1000, 10);
    CommitNotifier notifier;
    Metrics metrics("test", "test");
    RuleBoard rules;
    CommitObserver observer;
    observer.on_transition = [this](const alerts::Transition& transition) { transitions.push_back(transition); };
    loop_options.min_free = min_free;
    WriterLoop loop(loop_options, {.connection = connection,
                                   .applier = applier,
                                   .queue = queue,
                                   .clock = clock,
                                   .notifier = notifier,
                                   .metrics = metrics,
                                   .rules = rules,
                                   .log = silent_logger(),
                                   .observer = observer,
                                   .on_fatal = [this](const std::string& why) { fatal = why; }});
    for (auto& record : records) {
      record.incoming.on_commit = [this](const Commit& commit) { commits.push_back(commit); };
      REQUIRE(queue.push(std::move(record)));
    }
    Command command{[this, command_throws](storage::Connection& writer, TimePoint) {
                      storage::SourcePositions(writer).set_feed_state("feed", "{\"etag\":\"x\"}");
                      if (memory_missing > 0 && memory_missing-- > 0) throw std::bad_alloc();
                      if (command_throws) throw std::runtime_error("this command is wrong");
                    },
                    [this](bool committed) { command_committed = committed; }};
    REQUIRE(queue.push_command(command));
    connection.set_fault(fault);
    queue.close();
    loop.start();
    loop.join();
    connection.set_fault(nullptr);
  }

  std::vector<std::string> dump() {
    return tests::dump_database(connection, {"stored_at", "created_at", "next_attempt_at", "event.at", "dead_letter.at",
                                             "outbox.body", "last_at", "scored_at", "announced_at", "told_at"});
  }

  struct StandingClock : EventClock {
    TimePoint now() const override { return kFrom; }
  };

  storage_test::TempFolder folder;
  storage::Connection connection;
  ApplierOptions options;
  WriterLoopOptions loop_options;
  StandingClock clock;
  std::uint64_t min_free = 0;
  int memory_missing = 0;  // this many times for the command
  std::vector<Commit> commits;
  std::vector<alerts::Transition> transitions;
  std::optional<bool> command_committed;
  std::string fatal;
};

std::size_t count(storage::Connection& connection, const std::string& what) {
  auto statement = connection.prepare("SELECT count(*) FROM " + what);
  statement.step();
  return static_cast<std::size_t>(statement.integer(0));
}

}  // namespace

TEST_CASE("records, alert, message and position are committed together, each record notified once") {
  Bench bench;
  bench.run(tests::quiet_then_burst(kFrom));
  CHECK(bench.commits.size() == 76);
  CHECK(bench.command_committed == true);
  CHECK(count(bench.connection, "document") == 76);
  const auto firing = std::count_if(bench.transitions.begin(), bench.transitions.end(),
                                    [](const auto& transition) { return transition.type == "alert.firing"; });
  CHECK(firing == 1);
  CHECK(count(bench.connection, "outbox WHERE type = 'alert.firing'") == 1);
  const auto positions = storage::SourcePositions(bench.connection).load("wire");
  REQUIRE(positions.size() == 1);
  CHECK(positions[0].next_offset == 76);
}

TEST_CASE("a commit that fails at operation 0, 1, 2, … ends in the state of an uninterrupted run") {
  Bench reference;
  storage::FaultInjector counter;
  reference.run(tests::quiet_then_burst(kFrom), &counter);
  const auto expected = reference.dump();
  REQUIRE(expected.size() > 200);
  // Every operation of the first commit and of the commit that raises the alert, and a sample of the rest.
  REQUIRE(counter.operations() > 100);
  const std::size_t step = std::max<std::size_t>(1, counter.operations() / 60);
  std::size_t tried = 0;
  for (std::size_t operation = 0; operation < counter.operations(); operation += operation < 40 ? 1 : step) {
    Bench bench;
    storage::FaultInjector fault;
    fault.fail_at(operation, operation % 2 == 0 ? storage::StorageError::Kind::io : storage::StorageError::Kind::full);
    bench.run(tests::quiet_then_burst(kFrom), &fault);
    INFO("operation " << operation);
    CHECK(fault.fired());
    CHECK(bench.commits.size() == 76);
    CHECK(bench.fatal.empty());
    CHECK(bench.dump() == expected);
    ++tried;
  }
  CHECK(tried > 80);
}

TEST_CASE("a wrong command is dropped and notified; the records beside it are stored") {
  Bench bench;
  bench.run(tests::quiet_then_burst(kFrom), nullptr, true);
  CHECK(bench.command_committed == false);
  CHECK(count(bench.connection, "document") == 76);
  CHECK(count(bench.connection, "feed_state") == 0);
  CHECK(bench.commits.size() == 76);
}

TEST_CASE("a lack of memory is not the data's fault: all of it is retried") {
  Bench bench;
  bench.memory_missing = 2;
  bench.run(tests::quiet_then_burst(kFrom));
  CHECK(bench.command_committed == true);
  CHECK(count(bench.connection, "document") == 76);
  CHECK(count(bench.connection, "dead_letter") == 0);
  CHECK(count(bench.connection, "feed_state") == 1);
  CHECK(bench.fatal.empty());
}

TEST_CASE("a record that the database refuses becomes a dead letter and blocks nothing") {
  Bench bench;
  auto records = tests::quiet_then_burst(kFrom);
  records[5].incoming.feed_state = "this is not JSON";  // the table checks it
  bench.run(std::move(records));
  CHECK(bench.fatal.empty());
  CHECK(bench.commits.size() == 76);
  CHECK(count(bench.connection, "document") == 75);
  CHECK(count(bench.connection, "dead_letter WHERE reason LIKE 'refused by the database%'") == 1);
  CHECK(count(bench.connection, "feed_state") == 1);
}

TEST_CASE("a record's own publisher is known to be carried by its Kafka source, a pushed one by no source") {
  Bench bench;
  auto records = tests::quiet_then_burst(kFrom);
  for (std::size_t i = 0; i < 10; ++i) {
    std::get<ingest::Document>(records[i].incoming.content).source = i < 6 ? "agency" : "desk";
  }
  for (std::size_t i = 6; i < 10; ++i) records[i].incoming.kafka.reset();
  bench.run(std::move(records));
  CHECK(count(bench.connection, "source_carrier") == 1);
  CHECK(count(bench.connection, "source_carrier WHERE source = 'agency' AND carrier = 'wire'") == 1);
}

TEST_CASE("a damaged database stops the writer and says so, once") {
  Bench bench;
  storage::FaultInjector fault;
  fault.fail_at(3, storage::StorageError::Kind::corrupt);
  bench.run(tests::quiet_then_burst(kFrom), &fault);
  CHECK_FALSE(bench.fatal.empty());
  CHECK(bench.commits.empty());
  CHECK(bench.command_committed == false);
}

TEST_CASE("below min_free records wait and commands continue") {
  Bench bench;
  bench.min_free = ~std::uint64_t{0};
  bench.run(tests::quiet_then_burst(kFrom));
  CHECK(bench.commits.empty());
  CHECK(bench.command_committed == true);
  CHECK(count(bench.connection, "document") == 0);
}

TEST_CASE("the writer looks at alerts that fire: one whose silence has ended is told without any record") {
  Bench bench;
  const auto change = [&](const std::string& sql) {
    storage::Transaction transaction(bench.connection);
    bench.connection.execute(sql);
    transaction.commit();
  };
  change(
      "INSERT INTO silence (id, configured, matches, begins, ends, author, comment, token, created_at) VALUES "
      "('s1', 0, '{\"rule\":[\"negative-burst\"]}', 0, 9000000000000, 'ann', '', '', 0)");
  bench.run(tests::quiet_then_burst(kFrom));
  CHECK(count(bench.connection, "alert WHERE state = 'firing' AND suppressed_by = 'silence:s1'") == 1);
  CHECK(count(bench.connection, "outbox") == 0);
  change("UPDATE silence SET ended_at = 1, ended_by = ''");
  bench.run({});
  CHECK(count(bench.connection, "outbox WHERE type = 'alert.firing'") == 1);
  bench.run({});
  CHECK(count(bench.connection, "outbox") == 1);
  storage::FaultInjector fault;
  change("UPDATE silence SET ended_at = NULL");
  fault.fail_at(2, storage::StorageError::Kind::io);
  bench.run({}, &fault);
  CHECK(count(bench.connection, "alert WHERE suppressed_by = 'silence:s1'") == 1);
  CHECK(bench.fatal.empty());
}

TEST_CASE("a failpoint's text is checked") {
  CHECK_NOTHROW(Failpoint::parse(""));
  CHECK_NOTHROW(Failpoint::parse("after_commit:3"));
  CHECK_NOTHROW(Failpoint::parse("before_send:1"));
  CHECK_THROWS(Failpoint::parse("after_commit:0"));
  CHECK_THROWS(Failpoint::parse("after_comit:3"));
  CHECK_THROWS(Failpoint::parse("after_commit:x"));
}
