#pragma once
#include <string>

namespace tapewatch {

/// `tapewatch db check|backup DEST|restore BACKUP|snapshot DEST|export`: exit status 0 fine, 1 failed. Messages go to
/// standard output and error.
int run_db_check(const std::string& db);
int run_db_backup(const std::string& db, const std::string& dest);
/// Puts a backup in the place of the database (storage/maintain/restore.hpp); no daemon may hold it.
int run_db_restore(const std::string& db, const std::string& backup);
/// The stored sequence as NDJSON on standard output (storage/document/sequence_export.hpp).
int run_db_export(const std::string& db);
int run_db_snapshot(const std::string& db, const std::string& dest);

}  // namespace tapewatch
