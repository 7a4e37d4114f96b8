#include "storage/connection/database_file.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <system_error>

#include "storage/connection/error.hpp"

namespace tapewatch::storage {

std::string restore_marker(const std::string& path) { return path + ".restoring"; }

bool require_database_file(const std::string& path, bool may_be_new) {
  struct stat status {};
  if (::stat(restore_marker(path).c_str(), &status) == 0) {
    throw StorageError(StorageError::Kind::io,
                       fmt::format("database {}: a backup is being put in place, or was until the machine stopped; run "
                                   "`tapewatch db restore` again to finish it",
                                   path));
  }
  if (::stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT && may_be_new) return false;
    const auto kind = errno == ENOENT ? StorageError::Kind::missing : StorageError::Kind::io;
    throw StorageError(kind, fmt::format("database {}: {}", path, std::generic_category().message(errno)));
  }
  if (!S_ISREG(status.st_mode)) {
    throw StorageError(StorageError::Kind::io, fmt::format("database {}: not a file", path));
  }
  return status.st_size != 0 || !may_be_new;
}

void require_own_log(sqlite3* database, const std::string& path) {
  struct stat log {};
  if (::stat((path + "-wal").c_str(), &log) != 0 || log.st_size == 0) return;
  // Bytes 18 and 19 of the file: 1 for a rollback journal, 2 for WAL (the file format's description). Read by SQLite's
  // own descriptor, for the reason above.
  constexpr sqlite3_int64 kVersions = 18;
  sqlite3_file* file = nullptr;
  unsigned char versions[2] = {};
  if (sqlite3_file_control(database, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK || file == nullptr) return;
  if (file->pMethods == nullptr || file->pMethods->xRead(file, versions, sizeof versions, kVersions) != SQLITE_OK) {
    return;
  }
  if (versions[0] != 1 || versions[1] != 1) return;
  throw StorageError(
      StorageError::Kind::io,
      fmt::format(
          "database {0}: a copy was put in its place, and {0}-wal is of the database before: read together they "
          "would be neither. Put the copy in place with `tapewatch db restore COPY`; if this is the only one, "
          "rename it to COPY first",
          path));
}

}  // namespace tapewatch::storage
