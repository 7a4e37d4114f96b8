#pragma once
#include <string>

namespace tapewatch::storage {

/// Inspects the file before SQLite opens it: false if it is missing or empty, so that it may be new. Throws
/// StorageError `missing`, `io` or `corrupt` with what is wrong and what to do.
bool require_database_file(const std::string& path, bool may_be_new);

}  // namespace tapewatch::storage
