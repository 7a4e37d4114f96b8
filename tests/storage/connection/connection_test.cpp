#include "storage/connection/connection.hpp"

#include <fstream>
#include <thread>

#include "config/notation/rfc3339.hpp"
#include "storage/clock.hpp"
#include "storage/schema/migrations.hpp"
#include "storage/schema/schema.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

TEST_CASE("a new database has our application id, WAL, full sync, and opens again") {
  const TempFolder folder;
  {
    auto writer = Connection::open_writer(folder.file());
    CHECK(number(writer, "PRAGMA application_id") == kApplicationId);
    CHECK(number(writer, "PRAGMA user_version") == static_cast<std::int64_t>(migrations().size()));
    CHECK(number(writer, "PRAGMA synchronous") == 2);
    auto mode = writer.prepare("PRAGMA journal_mode");
    REQUIRE(mode.step());
    CHECK(mode.text(0) == "wal");
  }
  auto again = Connection::open_writer(folder.file());
  auto reader = Connection::open_reader(folder.file());
  CHECK(number(reader, "SELECT seq FROM clock") == 0);
  CHECK_THROWS_AS(reader.prepare("DELETE FROM clock").run(), StorageError);
}

TEST_CASE("an empty file left by a kill at birth becomes a database") {
  const TempFolder folder;
  std::ofstream{folder.file()};
  auto writer = Connection::open_writer(folder.file());
  CHECK(Clock(writer).last_seq() == 0);
}

TEST_CASE("a reader's query ends when its check says so, and the connection stays usable") {
  const TempFolder folder;
  auto writer = Connection::open_writer(folder.file());
  auto reader = Connection::open_reader(folder.file());
  const std::string endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
  int asked = 0;
  reader.set_interrupt_check([&] { return ++asked == 5; });
  CHECK(error_of([&] { reader.prepare(endless).run(); }).first == StorageError::Kind::deadline);
  CHECK(asked == 5);
  reader.set_interrupt_check({});
  CHECK(number(reader, "SELECT 7") == 7);

  std::thread other;
  reader.set_interrupt_check([&] {
    if (!other.joinable()) other = std::thread([&] { reader.interrupt(); });
    return false;
  });
  CHECK(error_of([&] { reader.prepare(endless).run(); }).first == StorageError::Kind::deadline);
  other.join();
}

TEST_CASE("times are RFC 3339 with milliseconds, in views too") {
  CHECK(tapewatch::notation::format_rfc3339(at_minute(0) + milliseconds(7)) == "2026-03-02T09:00:00.007Z");
  const TempFolder folder;
  auto connection = Connection::open_writer(folder.file());
  DocumentWriter writer(connection, {});
  for (int i = 0; i < 50; ++i) {
    const auto at = at_minute(i) + milliseconds(i * 37);
    store(connection, writer, document("wire", std::to_string(i), at, "Title " + std::to_string(i)));
    auto read = connection.prepare("SELECT published_at FROM document_view WHERE external_id = ?");
    REQUIRE(read.bind(1, std::to_string(i)).step());
    CHECK(read.text(0) == tapewatch::notation::format_rfc3339(at));
  }
}
