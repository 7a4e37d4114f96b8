#pragma once
#include <string>

namespace tapewatch {

/// `tapewatch db check|backup DEST|snapshot DEST`: exit status 0 fine, 1 failed. Messages go to standard output and
/// error.
int run_db_check(const std::string& db);
int run_db_backup(const std::string& db, const std::string& dest);
int run_db_snapshot(const std::string& db, const std::string& dest);

}  // namespace tapewatch
