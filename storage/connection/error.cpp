#include "storage/connection/error.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>
#include <system_error>

namespace tapewatch::storage {

std::string_view to_string(StorageError::Kind kind) {
  switch (kind) {
    case StorageError::Kind::busy:
      return "busy";
    case StorageError::Kind::full:
      return "full";
    case StorageError::Kind::corrupt:
      return "corrupt";
    case StorageError::Kind::newer_schema:
      return "newer_schema";
    case StorageError::Kind::memory:
      return "memory";
    case StorageError::Kind::io:
      return "io";
    case StorageError::Kind::deadline:
      return "deadline";
    case StorageError::Kind::missing:
      return "missing";
    case StorageError::Kind::foreign:
      return "foreign";
    case StorageError::Kind::other:
      return "other";
  }
  return "other";
}

namespace {

StorageError::Kind kind_of(int code, int system_error) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return StorageError::Kind::busy;
    case SQLITE_NOMEM:
      return StorageError::Kind::memory;
    case SQLITE_FULL:
      return StorageError::Kind::full;
    case SQLITE_IOERR:
      if ((code >> 8) == (SQLITE_IOERR_NOMEM >> 8)) return StorageError::Kind::memory;
      return system_error == ENOSPC || system_error == EDQUOT ? StorageError::Kind::full : StorageError::Kind::io;
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return StorageError::Kind::io;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return StorageError::Kind::corrupt;
    case SQLITE_INTERRUPT:
      return StorageError::Kind::deadline;
    default:
      return StorageError::Kind::other;
  }
}

std::string_view remedy(StorageError::Kind kind) {
  switch (kind) {
    case StorageError::Kind::busy:
      return "; another process holds the database";
    case StorageError::Kind::full:
      return "; free some space";
    case StorageError::Kind::memory:
      return "; the process is out of memory";
    case StorageError::Kind::corrupt:
      return "; run `tapewatch db check`, and put a backup in place with `tapewatch db restore`";
    case StorageError::Kind::deadline:
      return "; the query exceeded its time limit: ask for less";
    default:
      return "";
  }
}

}  // namespace

StorageError make_error(sqlite3* database, int code, std::string_view path, std::string_view doing) {
  const int system_error = database != nullptr ? sqlite3_system_errno(database) : 0;
  const auto kind = kind_of(code, system_error);
  if ((code & 0xff) == SQLITE_NOTADB) {
    return {kind, fmt::format("database {}: damaged, or not an SQLite database (found while {}); put a backup in "
                              "its place with `tapewatch db restore`, or name another file in [storage] path",
                              path, doing)};
  }
  std::string what = database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(code);
  const bool of_system = (code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_CANTOPEN;
  if (of_system && system_error != 0) what += fmt::format(" ({})", std::generic_category().message(system_error));
  return {kind, fmt::format("database {}: {} while {}{}", path, what, doing, remedy(kind))};
}

}  // namespace tapewatch::storage
