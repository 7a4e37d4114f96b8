#pragma once
#include <string>

namespace tapewatch::storage {

/// Inspects the file before SQLite opens it: false if it is missing or empty, so that it may be new. Throws
/// StorageError `missing` or `io` with what is wrong and what to do.
///
/// It never opens the file: closing any descriptor of it would drop all POSIX locks that this process holds on it.
/// Other programs would then take themselves for the only ones and delete the write-ahead log under the writer.
bool require_database_file(const std::string& path, bool may_be_new);

}  // namespace tapewatch::storage
