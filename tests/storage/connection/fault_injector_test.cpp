#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "storage/alert/alert_writer.hpp"
#include "storage/alert/detector_state.hpp"
#include "storage/clock.hpp"
#include "storage/maintain/database_check.hpp"
#include "storage/source/dead_letters.hpp"
#include "storage/source/source_coverage.hpp"
#include "storage/source/source_positions.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

namespace {

DocumentRow batch_row(int batch, int i) {
  static const Score scores[] = {
      {"earnings", "negative", 0.1f, 0.2f, 0.7f}, {"mergers", "positive", 0.7f, 0.2f, 0.1f}, {"", "unscored"}};
  // Ids come back in later batches with other titles (revisions) or the same (repeats); titles come back as reprints.
  auto row = document("source" + std::to_string(i % 2), "id" + std::to_string((batch * 3 + i) % 7),
                      at_minute(batch * 10 + i), "title " + std::to_string((batch + i) % 4), scores[(batch + i) % 3]);
  row.entities = {entity("acme", i % 2 == 0 ? "negative" : "positive", i % 2 == 0 ? -0.5 : 0.5)};
  return row;
}

/// Everything that the writer loop may do in one transaction.
void write_batch(Connection& connection, DocumentWriter& writer, int batch) {
  const TimePoint now = at_minute(batch * 10);
  const StorageOptions options;
  Transaction transaction(connection);
  for (int i = 0; i < 5; ++i) writer.insert(batch_row(batch, i), now);
  Clock(connection).record_tick(now);
  SourcePositions(connection).advance({"cluster", "news", 0, batch * 5}, "wire");
  SourcePositions(connection).set_feed_state("fed", "{\"batch\":" + std::to_string(batch) + "}");
  SourceCoverage(connection, options).success("wire", now, minutes(10));
  DeadLetters(connection, options)
      .record({"wire", "/title", "missing", "{}", "news/0@" + std::to_string(batch), "key", {{"trace", "7"}}, now},
              now);
  DetectorStateStore(connection).save("burst", "topic=earnings", std::string("\0state", 6) + std::to_string(batch));
  AlertRow alert;
  alert.id = "alert-1";
  alert.rule = "burst";
  alert.severity = "critical";
  alert.state = batch % 2 == 0 ? "firing" : "resolved";
  alert.started_at = at_minute(0);
  alert.updated_at = now;
  alert.sequence = batch + 1;
  const OutboxMessage message{"msg-" + std::to_string(batch), "desk", "alert.firing", alert.id, "{}", now};
  AlertWriter(connection, options).record(alert, std::span(&message, 1), now);
  transaction.commit();
}

std::string uninterrupted(int batches) {
  const TempFolder folder;
  auto connection = open_new(folder.file());
  DocumentWriter writer(connection, {});
  for (int batch = 0; batch < batches; ++batch) write_batch(connection, writer, batch);
  return dump(connection);
}

}  // namespace

TEST_CASE("whatever write fails, a second try ends in the same database") {
  constexpr int kBatches = 3;
  const std::string wanted = uninterrupted(kBatches);
  std::size_t operation = 0;
  bool fired = true;
  for (; fired; ++operation) {
    const TempFolder folder;
    auto connection = open_new(folder.file());
    DocumentWriter writer(connection, {});
    FaultInjector fault;
    connection.set_fault(&fault);
    fault.fail_at(operation, operation % 2 == 0 ? StorageError::Kind::io : StorageError::Kind::full);
    for (int batch = 0; batch < kBatches; ++batch) {
      const auto before = fault.fired() ? std::string() : dump(connection);
      try {
        write_batch(connection, writer, batch);
      } catch (const StorageError& error) {
        REQUIRE(error.is_retryable());
        REQUIRE_FALSE(connection.in_transaction());
        REQUIRE(dump(connection) == before);  // all or nothing
        --batch;
      }
    }
    fired = fault.fired();
    if (fired) REQUIRE(dump(connection) == wanted);
  }
  CHECK(operation > 100);  // every statement of three batches, and every commit, has failed once
}

TEST_CASE("a full database: SQLite's own error is retryable, and the retry succeeds once there is room") {
  const TempFolder folder;
  auto connection = open_new(folder.file());
  DocumentWriter writer(connection, {});
  const auto pages = number(connection, "PRAGMA page_count");
  connection.execute("PRAGMA max_page_count = " + std::to_string(pages + 5));
  const auto big = [](int i) {
    auto row = document("wire", std::to_string(i), at_minute(i), "title " + std::to_string(i));
    row.body = std::string(20'000, 'x');
    return row;
  };
  int failed = -1;
  for (int i = 0; i < 10 && failed < 0; ++i) {
    try {
      store(connection, writer, big(i));
    } catch (const StorageError& error) {
      CHECK(error.kind() == StorageError::Kind::full);
      CHECK(error.is_retryable());
      failed = i;
    }
  }
  REQUIRE(failed >= 0);
  CHECK_FALSE(connection.in_transaction());
  connection.execute("PRAGMA max_page_count = 100000");
  for (int i = failed; i < 10; ++i) CHECK(store(connection, writer, big(i)).outcome == Outcome::inserted);
  CHECK(number(connection, "SELECT count(*) FROM document") == 10);
  CHECK(check_database(connection).problems.empty());
}

TEST_CASE("kill -9 while writing: committed data is complete, and the writer continues") {
  const TempFolder folder;
  for (int round = 0; round < 3; ++round) {
    int progress[2];
    REQUIRE(::pipe(progress) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      // The child ends only by the kill.
      auto connection = Connection::open_writer(folder.file());
      DocumentWriter writer(connection, {});
      for (int i = round * 1000;; ++i) {
        Transaction transaction(connection);
        for (int j = 0; j < 3; ++j) {
          const auto id = std::to_string(i * 3 + j);
          writer.insert(document("wire", id, at_minute(i), "title " + id), at_minute(i));
        }
        transaction.commit();
        if (::write(progress[1], &i, sizeof i) != sizeof i) ::_exit(1);
      }
    }
    ::close(progress[1]);
    int acknowledged = -1;
    for (int i = 0; i < 20 + round * 13; ++i) REQUIRE(::read(progress[0], &acknowledged, sizeof acknowledged) > 0);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    while (::read(progress[0], &acknowledged, sizeof acknowledged) > 0) {
    }
    ::close(progress[0]);

    auto connection = Connection::open_writer(folder.file());
    CHECK(check_database(connection).problems.empty());
    const auto stored = number(
        connection, "SELECT count(*) FROM document WHERE at >= " + std::to_string(to_ms(at_minute(round * 1000))));
    const auto acknowledged_rows = (acknowledged - round * 1000 + 1) * 3;
    CHECK(stored >= acknowledged_rows);      // nothing acknowledged is lost
    CHECK(stored <= acknowledged_rows + 3);  // at most the batch whose acknowledgement was cut off
    CHECK(stored % 3 == 0);                  // no part of a batch
    DocumentWriter writer(connection, {});
    CHECK(store(connection, writer,
                document("wire", std::to_string(round * 3000), at_minute(0), "title " + std::to_string(round * 3000)))
              .outcome == Outcome::repeated);
  }
}
