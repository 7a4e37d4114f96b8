#pragma once
#include <functional>
#include <string>

#include "storage/connection/connection.hpp"
#include "storage/connection/error.hpp"

namespace tapewatch::storage {

/// Called now and then with pages done and pages in all.
using BackupProgress = std::function<void(int done, int total)>;

/// Writes the pages of `source`, as they are at one commit, into the file `path`; the copy needs no WAL beside it.
void copy_pages(Connection& source, const std::string& path, const BackupProgress& progress);

/// A copy of the live database at one commit, synced to disk before it takes its name. Refuses an existing
/// `destination`.
void backup_database(const std::string& path, const std::string& destination, const BackupProgress& progress);

/// A compacted copy for direct reading: no WAL beside it, opens from a read-only folder. Refuses an existing
/// `destination`.
void snapshot_database(const std::string& path, const std::string& destination);

}  // namespace tapewatch::storage
