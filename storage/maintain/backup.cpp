#include "storage/maintain/backup.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <system_error>

#include "storage/connection/connection.hpp"
#include "storage/connection/transaction.hpp"

namespace tapewatch::storage {

namespace {

constexpr int kPagesAStep = 2'000;

[[noreturn]] void fail(const std::string& path, const std::string& doing) {
  const int error = errno;
  const auto kind = error == ENOSPC || error == EDQUOT ? StorageError::Kind::full : StorageError::Kind::io;
  throw StorageError(kind, fmt::format("{}: cannot {}: {}", path, doing, std::generic_category().message(error)));
}

void sync(const std::string& path, int flags) {
  const int file = ::open(path.c_str(), flags | O_CLOEXEC);
  if (file < 0) fail(path, "open it");
  const bool failed = ::fsync(file) != 0;
  ::close(file);
  if (failed) fail(path, "sync it");
}

/// The unfinished copy; deleted unless it is completed.
class PartialFile {
 public:
  explicit PartialFile(const std::string& destination) : destination_(destination), path_(destination + ".partial") {
    if (::access(destination.c_str(), F_OK) == 0) {
      throw StorageError(StorageError::Kind::other, destination + ": the file already exists; name another one");
    }
    ::unlink(path_.c_str());  // left by a run that was killed
    const int file = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (file < 0) fail(path_, "create it");
    ::close(file);
  }
  ~PartialFile() { ::unlink(path_.c_str()); }
  const std::string& path() const { return path_; }

  /// Gives the copy its name once it is on the disk. A link, unlike a rename, does not replace a file.
  void finish() {
    sync(path_, O_RDONLY);
    if (::link(path_.c_str(), destination_.c_str()) != 0) fail(destination_, "create it");
    const auto slash = destination_.rfind('/');
    sync(slash == std::string::npos ? "." : slash == 0 ? "/" : destination_.substr(0, slash), O_RDONLY | O_DIRECTORY);
  }

 private:
  std::string destination_, path_;
};

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

void backup_database(const std::string& path, const std::string& destination, const BackupProgress& progress) {
  Connection source = Connection::open_reader(path);
  PartialFile partial(destination);
  {
    // One state of the source from the first page to the last: otherwise every commit would start the copy again.
    const ReadTransaction snapshot(source);
    source.prepare("SELECT seq FROM clock").step();
    const Database copy = open_copy(partial.path());
    sqlite3_backup* backup = sqlite3_backup_init(copy.get(), "main", source.handle(), "main");
    if (backup == nullptr) {
      throw make_error(copy.get(), sqlite3_errcode(copy.get()), partial.path(), "starting the backup");
    }
    int code = SQLITE_OK;
    while (code == SQLITE_OK) {
      code = sqlite3_backup_step(backup, kPagesAStep);
      const int total = sqlite3_backup_pagecount(backup);
      if (progress && (code == SQLITE_OK || code == SQLITE_DONE)) {
        progress(total - sqlite3_backup_remaining(backup), total);
      }
    }
    sqlite3_backup_finish(backup);
    if (code != SQLITE_DONE) throw make_error(copy.get(), code, partial.path(), "copying pages");
    leave_wal(copy.get(), partial.path());
  }
  partial.finish();
}

void snapshot_database(const std::string& path, const std::string& destination) {
  Connection source = Connection::open_reader(path);
  PartialFile partial(destination);
  source.execute("PRAGMA query_only = OFF");  // VACUUM INTO counts as a write; the file itself is open read-only
  source.prepare("VACUUM INTO ?").bind(1, partial.path()).run();
  leave_wal(open_copy(partial.path()).get(), partial.path());
  partial.finish();
}

}  // namespace tapewatch::storage
