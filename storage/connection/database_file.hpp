#pragma once
#include <sqlite3.h>

#include <string>

namespace tapewatch::storage {

/// A file that is there while `tapewatch db restore` exchanges the database (storage/maintain/restore.hpp).
std::string restore_marker(const std::string& path);

/// Inspects the file before SQLite opens it: false if it is missing or empty, so that it may be new. Throws
/// StorageError `missing` or `io` with what is wrong and what to do, `io` also where a restore is under way or was cut
/// off.
///
/// It never opens the file: closing any descriptor of it would drop all POSIX locks that this process holds on it.
/// Other programs would then take themselves for the only ones and delete the write-ahead log under the writer.
bool require_database_file(const std::string& path, bool may_be_new);

/// Throws StorageError `io` for a copy that was put in the place of a database whose write-ahead log is still there:
/// SQLite would read the former database's pages in it as the copy's. Backups are not in WAL mode, and the log of a
/// database that is not can only be another one's. `database` has been opened, and read nothing yet.
void require_own_log(sqlite3* database, const std::string& path);

}  // namespace tapewatch::storage
