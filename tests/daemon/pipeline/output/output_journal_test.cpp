#include "daemon/pipeline/output/output_journal.hpp"

#include "storage/alert/events.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

TEST_CASE("an output's events are read from the database, and its position is written by the writer") {
  const storage_test::TempFolder folder;
  storage::StorageOptions options;
  options.path = folder.file();
  auto writer = storage::Connection::open_writer(options.path, options);
  WriterQueue queue(1, 4);
  DatabaseOutputJournal journal("desk", options, queue);
  CHECK_THROWS(journal.position());  // nobody has configured it
  {
    storage::Transaction transaction(writer);
    const storage::ConfiguredOutput desk{"desk", false, 1000};
    storage::OutputLog(writer).configure({&desk, 1});
    storage::EventWriter(writer, options).append("document", R"({"id":"1"})", TimePoint(5ms), 1);
    storage::EventWriter(writer, options).append("alert", R"({"id":"al"})", TimePoint(6ms));
    transaction.commit();
  }
  CHECK(journal.position() == 0);
  CHECK(journal.range().oldest == 1);
  CHECK(journal.range().newest == 2);
  CHECK(journal.after(1, 10).at(0).about == "al");
  CHECK(journal.written_at(2) == TimePoint(6ms));

  journal.advance(2);
  auto commands = queue.pop(0, 0ms).commands;
  REQUIRE(commands.size() == 1);
  CHECK(journal.position() == 0);
  storage::Transaction transaction(writer);
  commands[0].apply(writer, {});
  transaction.commit();
  CHECK(journal.position() == 2);
}
