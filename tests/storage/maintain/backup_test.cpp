#include "storage/maintain/backup.hpp"

#include "storage/document/document_reader.hpp"
#include "storage/maintain/database_check.hpp"
#include "tests/storage/maintain/maintain_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

TEST_CASE("a backup of a database in use is whole and opens; an existing file is not overwritten") {
  const TempFolder folder;
  auto connection = open_new(folder.file());
  fill(connection, 300, 1);
  int last = 0, total = 0;
  backup_database(folder.file(), folder.file("copy.db"), [&](int done, int all) {
    last = done;
    total = all;
  });
  CHECK(last == total);
  CHECK(total > 0);
  fill(connection, 310, 1);  // ten more; the copy is of the moment before
  {
    auto copy = Connection::open_reader(folder.file("copy.db"));
    CHECK(check_database(copy).problems.empty());
    CHECK(number(copy, "SELECT count(*) FROM document") == 300);
  }
  {
    auto daemon = Connection::open_writer(folder.file("copy.db"));  // as after a restore
    DocumentWriter writer(daemon, {});
    CHECK(store(daemon, writer, document("wire", "new", at_minute(0), "New")).outcome == Outcome::inserted);
  }
  try {
    backup_database(folder.file(), folder.file("copy.db"), {});
    FAIL_CHECK("an existing file was overwritten");
  } catch (const StorageError& error) {
    CHECK(std::string(error.what()).find("already") != std::string::npos);
  }
  CHECK_THROWS_AS(backup_database(folder.file("none.db"), folder.file("copy2.db"), {}), StorageError);
  CHECK_FALSE(std::filesystem::exists(folder.file("copy2.db")));
  CHECK_THROWS_AS(backup_database(folder.file(), folder.file("no/folder/copy.db"), {}), StorageError);
  CHECK_FALSE(std::filesystem::exists(folder.file("copy.db.partial")));
}

TEST_CASE("a snapshot is one file that opens without WAL") {
  const TempFolder folder;
  auto connection = open_new(folder.file());
  fill(connection, 50, 1);
  const auto path = folder.file("snapshot.db");
  snapshot_database(folder.file(), path);
  auto snapshot = Connection::open_reader(path);
  CHECK(check_database(snapshot).problems.empty());
  auto mode = snapshot.prepare("PRAGMA journal_mode");
  REQUIRE(mode.step());
  CHECK(mode.text(0) == "delete");
  CHECK(DocumentReader(snapshot).list({.q = "title 3"}).items.size() == 2);
  CHECK_FALSE(std::filesystem::exists(path + "-wal"));
  CHECK_THROWS_AS(snapshot_database(folder.file(), path), StorageError);
}
