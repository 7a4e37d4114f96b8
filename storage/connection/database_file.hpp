#pragma once
#include <string>

namespace tapewatch::storage {

/// Looks at the file before SQLite does: false where there is none or it is empty and it may be new. Throws
/// StorageError `missing`, `io` or `corrupt` with what is wrong and what to do.
bool require_database_file(const std::string& path, bool may_be_new);

}  // namespace tapewatch::storage
