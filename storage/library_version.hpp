#pragma once
#include <sqlite3.h>

namespace tapewatch::storage {

/// The version of the SQLite in use, such as 3.40.1.
inline const char* library_version() { return sqlite3_libversion(); }

}  // namespace tapewatch::storage
