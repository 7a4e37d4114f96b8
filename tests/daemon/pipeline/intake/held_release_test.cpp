// Documents are handed over once their embargo is over, by a clock that is trusted.
#include "daemon/pipeline/intake/held_release.hpp"

#include <boost/asio/io_context.hpp>

#include "daemon/observe/log.hpp"
#include "daemon/pipeline/held_document.hpp"
#include "storage/connection/transaction.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/queue.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

namespace {

const TimePoint kNow = TimePoint(std::chrono::milliseconds(1'767'600'000'000));

struct SetClock : EventClock {
  TimePoint now() const override { return at; }
  std::optional<std::chrono::milliseconds> departure() const override { return off; }
  TimePoint at = kNow;
  std::optional<std::chrono::milliseconds> off;
};

/// The release, and a writer that runs its commands when told.
struct Bench {
  Bench() {
    for (const auto& [id, until] : {std::pair{"due", kNow - 1min}, std::pair{"later", kNow + 1h}}) {
      ingest::Document document;
      document.source = "wire";
      document.id = id;
      document.title = id;
      document.received_at = document.published_at = kNow - 2h;
      document.embargo_until = until;
      storage::Transaction transaction(connection);
      storage::HeldDocuments(connection).put(to_held_row(document, "kafka"));
      transaction.commit();
    }
  }
  /// One round of the release, with the writer's answer.
  void round() {
    HeldRelease& current = release.emplace(io, HeldReleaseOptions{.every = 1h},
                                           HeldReleaseParts{writer, documents, clock, 7, silent_logger()});
    current.start();
    io.restart();
    io.poll();
    for (auto& command : writer.pop(0, 0ms).commands) {
      command.apply(connection, kNow);
      command.done(true);
    }
    io.poll();
    current.stop([] {});
    io.poll();
  }

  tests::ScratchFolder folder;
  storage::Connection connection = storage::Connection::open_writer(folder.at("t.db"));
  boost::asio::io_context io;
  WriterQueue writer{1, 8};
  DocumentQueue documents{8};
  SetClock clock;
  std::optional<HeldRelease> release;
};

}  // namespace

TEST_CASE("what is due is handed over like a record of its own source") {
  Bench bench;
  bench.round();
  REQUIRE(bench.documents.size() == 1);
  const auto incoming = tests::take_one(bench.documents);
  CHECK(incoming->source == "kafka");
  CHECK(incoming->source_slot == 7);
  CHECK(incoming->number == 0);
  CHECK(incoming->released == 1);
  CHECK(std::get<ingest::Document>(incoming->content).id == "due");
  CHECK(std::get<ingest::Document>(incoming->content).received_at == kNow);
}

TEST_CASE("nothing is revealed while the clock is in doubt") {
  Bench bench;
  bench.clock.at = kNow + 24h;
  bench.clock.off = 24h;
  bench.round();
  CHECK(bench.documents.size() == 0);
  bench.clock.off.reset();
  bench.round();
  CHECK(bench.documents.size() == 2);
}
