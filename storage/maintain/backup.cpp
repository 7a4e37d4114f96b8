#include "storage/maintain/backup.hpp"

#include <sqlite3.h>
#include <unistd.h>

#include <memory>

#include "storage/connection/transaction.hpp"
#include "storage/maintain/partial_file.hpp"

namespace tapewatch::storage {

namespace {

constexpr int kPagesAStep = 2'000;

/// Copies are made under another name first: an existing file is refused before the work begins.
void require_new(const std::string& destination) {
  if (::access(destination.c_str(), F_OK) != 0) return;
  throw StorageError(StorageError::Kind::other, destination + ": the file already exists; name another one");
}

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;

Database open_copy(const std::string& path) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  Database database(handle);
  if (code != SQLITE_OK) throw make_error(handle, code, path, "opening the copy");
  return database;
}

/// Rollback journal instead of WAL, so that the copy opens from a folder that cannot be written.
void leave_wal(sqlite3* database, const std::string& path) {
  const int code = sqlite3_exec(database, "PRAGMA journal_mode = DELETE", nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) throw make_error(database, code, path, "leaving WAL mode");
}

}  // namespace

void copy_pages(Connection& source, const std::string& path, const BackupProgress& progress) {
  // One state of the source from the first page to the last: otherwise every commit would start the copy again.
  const ReadTransaction snapshot(source);
  source.prepare("SELECT seq FROM clock").step();
  const Database copy = open_copy(path);
  sqlite3_backup* backup = sqlite3_backup_init(copy.get(), "main", source.handle(), "main");
  if (backup == nullptr) throw make_error(copy.get(), sqlite3_errcode(copy.get()), path, "starting the copy");
  int code = SQLITE_OK;
  while (code == SQLITE_OK) {
    code = sqlite3_backup_step(backup, kPagesAStep);
    const int total = sqlite3_backup_pagecount(backup);
    if (progress && (code == SQLITE_OK || code == SQLITE_DONE)) {
      progress(total - sqlite3_backup_remaining(backup), total);
    }
  }
  sqlite3_backup_finish(backup);
  if (code != SQLITE_DONE) throw make_error(copy.get(), code, path, "copying pages");
  leave_wal(copy.get(), path);
}

void backup_database(const std::string& path, const std::string& destination, const BackupProgress& progress) {
  Connection source = Connection::open_reader(path);
  require_new(destination);
  PartialFile partial(destination);
  copy_pages(source, partial.path(), progress);
  partial.finish();
}

void snapshot_database(const std::string& path, const std::string& destination) {
  Connection source = Connection::open_reader(path);
  require_new(destination);
  PartialFile partial(destination);
  source.execute("PRAGMA query_only = OFF");  // VACUUM INTO counts as a write; the file itself is open read-only
  source.prepare("VACUUM INTO ?").bind(1, partial.path()).run();
  leave_wal(open_copy(partial.path()).get(), partial.path());
  partial.finish();
}

}  // namespace tapewatch::storage
