#include <sqlite3.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <thread>

#include "config/notation/rfc3339.hpp"
#include "storage/clock.hpp"
#include "storage/connection/database_lock.hpp"
#include "storage/schema/migrations.hpp"
#include "storage/schema/schema.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

namespace {

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

/// The kind of the error that opening gives, with its message.
template <class Open>
std::pair<StorageError::Kind, std::string> error_of(const Open& open) {
  try {
    open();
  } catch (const StorageError& error) {
    return {error.kind(), error.what()};
  }
  return {StorageError::Kind::other, "no error"};
}

}  // namespace

TEST_CASE("a new database has our mark, WAL, full sync, and opens again") {
  const TempFolder folder;
  {
    auto writer = Connection::open_writer(folder.file());
    CHECK(number(writer, "PRAGMA application_id") == application_id);
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

TEST_CASE("damaged, foreign and missing files are named as such") {
  const TempFolder folder;
  const auto path = folder.file();
  SECTION("not a database") {
    write(path, "this is a text file that somebody put in the wrong place");
    const auto before = bytes_of(path);
    const auto [kind, message] = error_of([&] { Connection::open_writer(path); });
    CHECK(kind == StorageError::Kind::corrupt);
    CHECK(message.find(path) != std::string::npos);
    CHECK(message.find("restore a backup") != std::string::npos);
    CHECK(bytes_of(path) == before);
  }
  SECTION("cut off") {
    { Connection::open_writer(path); }
    const auto whole = bytes_of(path);
    write(path, std::string_view(whole).substr(0, whole.size() / 3));
    CHECK(error_of([&] { Connection::open_writer(path); }).first == StorageError::Kind::corrupt);
    CHECK(error_of([&] { Connection::open_reader(path); }).first == StorageError::Kind::corrupt);
  }
  SECTION("first page overwritten behind its header") {
    { Connection::open_writer(path); }
    auto whole = bytes_of(path);
    std::fill(whole.begin() + 100, whole.begin() + 4096, '\x5a');
    write(path, whole);
    CHECK(error_of([&] { Connection::open_writer(path); }).first == StorageError::Kind::corrupt);
  }
  SECTION("another program's") {
    sqlite3* other = nullptr;
    REQUIRE(sqlite3_open(path.c_str(), &other) == SQLITE_OK);
    sqlite3_exec(other, "CREATE TABLE diary (entry TEXT)", nullptr, nullptr, nullptr);
    sqlite3_close(other);
    CHECK(error_of([&] { Connection::open_writer(path); }).first == StorageError::Kind::foreign);
  }
  SECTION("missing") {
    CHECK(error_of([&] { Connection::open_reader(path); }).first == StorageError::Kind::missing);
    CHECK(error_of([&] { Connection::open_writer(folder.file("no/such/folder.db")); }).first == StorageError::Kind::io);
  }
  SECTION("a folder") {
    CHECK(error_of([&] { Connection::open_reader("/tmp"); }).first == StorageError::Kind::io);
  }
}

TEST_CASE("an empty file left by a kill at birth becomes a database") {
  const TempFolder folder;
  write(folder.file(), "");
  auto writer = Connection::open_writer(folder.file());
  CHECK(Clock(writer).last_seq() == 0);
}

TEST_CASE("a second writer is refused while the first lives") {
  const TempFolder folder;
  {
    auto first = Connection::open_writer(folder.file());
    const auto [kind, message] = error_of([&] { Connection::open_writer(folder.file()); });
    CHECK(kind == StorageError::Kind::foreign);
    CHECK(message.find("another tapewatch") != std::string::npos);
    auto moved = std::move(first);
    CHECK(error_of([&] { Connection::open_writer(folder.file()); }).first == StorageError::Kind::foreign);
  }
  CHECK_NOTHROW(Connection::open_writer(folder.file()));
}

TEST_CASE("a database is taken away whole, and not from under its writer") {
  const TempFolder folder;
  {
    auto writer = Connection::open_writer(folder.file());
    CHECK(error_of([&] { remove_database(folder.file()); }).first == StorageError::Kind::foreign);
    CHECK(std::filesystem::exists(folder.file()));
  }
  write(folder.file() + "-wal", "left by a kill");
  remove_database(folder.file());
  for (const char* suffix : {"", "-wal", "-shm"}) CHECK_FALSE(std::filesystem::exists(folder.file() + suffix));
  CHECK_NOTHROW(remove_database(folder.file()));
  auto fresh = Connection::open_writer(folder.file());
  CHECK(Clock(fresh).last_seq() == 0);
}

TEST_CASE("a transaction that is not committed leaves nothing") {
  const TempFolder folder;
  auto writer = Connection::open_writer(folder.file());
  const auto generation = writer.generation();
  {
    Transaction transaction(writer);
    Clock(writer).record_tick(at_minute(1));
  }
  CHECK(Clock(writer).last_seq() == 0);
  CHECK(writer.generation() == generation + 1);
  {
    Transaction transaction(writer);
    Clock(writer).record_tick(at_minute(1));
    transaction.commit();
  }
  CHECK(Clock(writer).last_seq() == 1);
  CHECK(writer.generation() == generation + 1);
}

TEST_CASE("readers see one state in a read transaction, and the last commit outside") {
  const TempFolder folder;
  auto writer = Connection::open_writer(folder.file());
  auto reader = Connection::open_reader(folder.file());
  const auto tick = [&](std::int64_t minute) {
    Transaction transaction(writer);
    Clock(writer).record_tick(at_minute(minute));
    transaction.commit();
  };
  tick(1);
  {
    const ReadTransaction snapshot(reader);
    CHECK(Clock(reader).last_seq() == 1);
    tick(2);
    CHECK(Clock(reader).last_seq() == 1);
  }
  CHECK(Clock(reader).last_seq() == 2);
}

TEST_CASE("a reader's query ends when its check says so, and the connection goes on") {
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

TEST_CASE("statements are cached, lent once, and evicted beyond the bound") {
  const TempFolder folder;
  StorageOptions options;
  options.statement_cache = 4;
  auto writer = Connection::open_writer(folder.file(), options);
  auto outer = writer.prepare("SELECT ?1 + 1");
  outer.bind(1, 1);
  REQUIRE(outer.step());
  CHECK(writer.prepare("SELECT ?1 + 1").bind(1, 41).step());  // the same text inside itself
  for (int i = 0; i < 20; ++i) CHECK(number(writer, "SELECT " + std::to_string(i)) == i);
  CHECK(outer.integer(0) == 2);
  outer.reset();
  CHECK_THROWS_AS(writer.prepare("SELECT nonsense FROM nowhere"), StorageError);
}

TEST_CASE("times in views are RFC 3339 with milliseconds") {
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
