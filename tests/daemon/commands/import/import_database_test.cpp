// History into a database, by the pipeline of the daemon.
#include "daemon/commands/import/import_database.hpp"

#include "storage/document/document_reader.hpp"
#include "storage/source/dead_letters.hpp"
#include "tests/model/tiny_model.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scored_records.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

namespace {

const TimePoint kFrom = TimePoint(std::chrono::milliseconds(1'767'600'000'000));  // 2026-01-05T08:00:00Z

ingest::Document news(int number, TimePoint at) {
  ingest::Document document;
  document.source = "archive";
  document.id = std::to_string(number);
  document.title = "Halden Bank profit falls, part " + std::to_string(number) + " of the story";
  document.language = "en";
  document.published_at = at;
  document.published_from = ingest::PublishedFrom::source;
  document.received_at = at + 24h * 300;
  return document;
}

ImportBatch batch_of(std::vector<ingest::Result<ingest::Document>> documents, std::uint64_t lines) {
  ImportBatch batch{"a.ndjson", "key", {}, ImportPosition{lines, "digest"}};
  std::uint64_t line = 0;
  for (auto& document : documents) batch.entries.push_back({++line, "the line", std::move(document)});
  return batch;
}

/// A database, opened again for each run as a second process would.
struct Run {
  explicit Run(const std::string& path, ApplierOptions options = {})
      : connection(storage::Connection::open_writer(path, options.storage)),
        applier(connection, std::move(options)),
        target(connection, applier, Scorer(scheduler, Lane::news, tests::two_companies(), {}), 192,
               ingest::DocumentLimits{}, "archive") {}

  void store(ImportBatch batch) {
    target.store(std::move(batch), counts, [this](const std::string& place, const std::string& reason) {
      told.push_back(place + ": " + reason);
    });
    target.finish(counts);
  }

  Scheduler scheduler{model::test::TinyModel().load(), {}, {.threads = 3}};
  storage::Connection connection;
  Applier applier;
  ImportDatabase target;
  ImportCounts counts;
  std::vector<std::string> told;
};

}  // namespace

TEST_CASE("a batch is stored scored and in its order, with its position; a second run knows it") {
  const tests::ScratchFolder folder;
  std::vector<ingest::Result<ingest::Document>> documents;
  for (int i = 0; i < 100; ++i) documents.emplace_back(news(i, kFrom + i * 1min));
  documents[7] = ingest::Rejection{"/title", "missing"};
  {
    Run run(folder.at("t.db"));
    CHECK_FALSE(run.target.position("key"));
    run.store(batch_of(documents, 100));
    CHECK(run.counts.stored == 99);
    CHECK(run.counts.rejected == 1);
    CHECK(run.told == std::vector<std::string>{"a.ndjson:8: /title: missing"});
    const auto letters = storage::DeadLetters(run.connection, {}).list("archive", 10);
    REQUIRE(letters.size() == 1);
    CHECK(letters[0].content.position == "a.ndjson:8");
    CHECK(letters[0].content.payload == "the line");
  }
  Run again(folder.at("t.db"));
  CHECK(again.target.position("key") == ImportPosition{100, "digest"});
  CHECK_FALSE(again.target.position("another"));
  documents.erase(documents.begin() + 7);
  again.store(batch_of(documents, 99));
  CHECK(again.counts.repeated == 99);
  storage::DocumentQuery query;
  query.limit = 200;
  const auto stored = storage::DocumentReader(again.connection).list(query).items;
  REQUIRE(stored.size() == 99);
  CHECK((storage::Clock(again.connection).event_time() == kFrom + 99min));
}

TEST_CASE("a batch is written while the next one is scored, each counted once and in order") {
  const tests::ScratchFolder folder;
  Run run(folder.at("t.db"));
  for (int batch = 0; batch < 5; ++batch) {
    std::vector<ingest::Result<ingest::Document>> documents;
    for (int i = 0; i < 40; ++i) documents.emplace_back(news(40 * batch + i, kFrom + std::chrono::minutes(batch)));
    run.target.store(batch_of(documents, 40 * (batch + 1)), run.counts, {});
    CHECK(run.counts.stored <= static_cast<std::uint64_t>(40 * batch));  // the last one is not waited for
  }
  REQUIRE(run.target.position("key"));  // waits for it
  CHECK(run.target.position("key")->lines == 200);
  run.target.finish(run.counts);
  run.target.finish(run.counts);
  CHECK(run.counts.stored == 200);
  auto read = run.connection.prepare(
      "SELECT count(*) FROM document a JOIN document b ON b.id > a.id AND b.external_id + 0 < a.external_id + 0");
  REQUIRE(read.step());
  CHECK(read.integer(0) == 0);
}

TEST_CASE("a batch that fails leaves neither documents nor a position") {
  const tests::ScratchFolder folder;
  {
    Run run(folder.at("t.db"));
    run.connection.execute("CREATE TRIGGER full BEFORE INSERT ON feed_state BEGIN SELECT RAISE(ABORT, 'full'); END");
    CHECK_THROWS(run.store(batch_of({news(1, kFrom), news(2, kFrom)}, 2)));
    CHECK(run.counts.all() == 0);
    run.connection.execute("DROP TRIGGER full");
  }
  Run again(folder.at("t.db"));
  CHECK_FALSE(again.target.position("key"));
  again.store(batch_of({news(1, kFrom), news(2, kFrom)}, 2));
  CHECK(again.counts.stored == 2);
}
