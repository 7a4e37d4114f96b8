#include "storage/maintain/restore.hpp"

#include <fstream>

#include "storage/connection/database_lock.hpp"
#include "storage/maintain/database_check.hpp"
#include "tests/storage/maintain/maintain_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;
namespace fs = std::filesystem;

namespace {

std::int64_t documents_in(const std::string& path) {
  auto reader = Connection::open_reader(path);
  CHECK(check_database(reader).problems.empty());
  return number(reader, "SELECT count(*) FROM document");
}

std::string refusal_of(const std::string& backup, const std::string& path) {
  try {
    restore_database(backup, path, {});
  } catch (const StorageError& error) {
    return error.what();
  }
  return "";
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// A database of 30 documents, of which a write-ahead log holds the last 20 as after a kill, and a backup of the first
/// 10.
struct Bench {
  Bench() {
    auto live = Connection::open_writer(live_path());
    fill(live, 10, 1);
    backup_database(live_path(), backup(), {});
    live.execute("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA wal_autocheckpoint = 0");
    fill(live, 30, 1);
    for (const char* suffix : {"", "-wal"}) fs::copy_file(live_path() + suffix, path() + suffix);
  }
  std::string live_path() const { return folder.file("live.db"); }
  std::string path() const { return folder.file("killed.db"); }
  std::string backup() const { return folder.file("backup.db"); }

  TempFolder folder;
};

}  // namespace

TEST_CASE("a backup that was copied over the database, beside the log that a kill left, is not opened") {
  const Bench bench;
  fs::copy_file(bench.backup(), bench.path(), fs::copy_options::overwrite_existing);
  for (const auto open : {+[](const std::string& path) { Connection::open_writer(path); },
                          +[](const std::string& path) { Connection::open_reader(path); }}) {
    CHECK_THROWS_WITH(open(bench.path()),
                      Catch::Contains("a copy was put in its place") && Catch::Contains("db restore"));
  }
  const auto size = fs::file_size(bench.path() + "-wal");
  restore_database(bench.backup(), bench.path(), {});
  CHECK(documents_in(bench.path()) == 10);
  CHECK(fs::file_size(bench.path() + ".before-restore-wal") == size);
  fs::remove(bench.path());
  fs::copy_file(bench.backup(), bench.path());  // without a log it is a database like any other
  CHECK(documents_in(bench.path()) == 10);
}

TEST_CASE(
    "a restored backup is what it was: the log that a kill left is not replayed, and the former database is kept") {
  const Bench bench;
  REQUIRE(fs::file_size(bench.path() + "-wal") > 0);
  const auto report = restore_database(bench.backup(), bench.path(), {});
  CHECK(report.documents == 10);
  CHECK(report.former == bench.path() + ".before-restore");
  CHECK(documents_in(bench.path()) == 10);
  CHECK(documents_in(report.former) == 30);
  {
    auto daemon = Connection::open_writer(bench.path());
    DocumentWriter writer(daemon, {});
    CHECK(store(daemon, writer, document("wire", "new", at_minute(0), "New")).outcome == Outcome::inserted);
  }
  CHECK(documents_in(bench.path()) == 11);
  // The former one is not thrown away by a second restore.
  CHECK(has(refusal_of(bench.backup(), bench.path()), "before-restore: kept by an earlier restore"));
  CHECK(documents_in(bench.path()) == 11);
}

TEST_CASE("a restore needs no database that was there before") {
  const Bench bench;
  const auto report = restore_database(bench.backup(), bench.folder.file("new.db"), {});
  CHECK(report.former.empty());
  CHECK(documents_in(bench.folder.file("new.db")) == 10);
}

TEST_CASE("what cannot be restored changes nothing") {
  const Bench bench;
  const auto untouched = [&](const std::string& backup, const std::string& words) {
    const std::string refusal = refusal_of(backup, bench.path());
    INFO(refusal);
    CHECK(has(refusal, words));
    CHECK(documents_in(bench.path()) == 30);
    for (const char* suffix : {".restoring", ".restoring.partial", ".before-restore"}) {
      CHECK_FALSE(fs::exists(bench.path() + suffix));
    }
  };
  untouched(bench.folder.file("none.db"), "No such file");
  untouched(bench.path(), "the database itself");
  std::ofstream(bench.folder.file("text.db")) << std::string(8192, 'x');
  untouched(bench.folder.file("text.db"), "not an SQLite database");
  {
    auto damaged = std::fstream(bench.folder.file("damaged.db"), std::ios::out | std::ios::binary);
    std::ifstream whole(bench.backup(), std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(whole), {}};
    for (std::size_t page = 20; page < 40; ++page) bytes.replace(page * 4096 + 200, 600, 600, '\x5a');
    damaged << bytes;
  }
  untouched(bench.folder.file("damaged.db"), "damaged");
  const DatabaseLock daemon(bench.path());
  untouched(bench.backup(), "another tapewatch is writing to it");
}

TEST_CASE("a restore that a loss of power cuts off keeps everybody out, and is finished by running it again") {
  const Bench bench;
  // As it is between the copy and its name, with the former database half moved.
  fs::copy_file(bench.backup(), bench.path() + ".restoring");
  fs::rename(bench.path() + "-wal", bench.path() + ".before-restore-wal");
  const auto refused = [&](const auto& open) {
    try {
      open();
    } catch (const StorageError& error) {
      return has(error.what(), "run `tapewatch db restore` again");
    }
    return false;
  };
  CHECK(refused([&] { Connection::open_writer(bench.path()); }));
  CHECK(refused([&] { Connection::open_reader(bench.path()); }));
  const auto report = restore_database(bench.backup(), bench.path(), {});
  CHECK(documents_in(bench.path()) == 10);
  CHECK(documents_in(report.former) == 30);
  CHECK_FALSE(fs::exists(bench.path() + ".restoring"));
}
