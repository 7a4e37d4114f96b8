// Tested by tests/e2e/daemon/spine_test.py
#include "daemon/commands/db.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <iostream>

#include "storage/document/sequence_export.hpp"
#include "storage/maintain/backup.hpp"
#include "storage/maintain/database_check.hpp"
#include "storage/maintain/restore.hpp"

namespace tapewatch {

namespace {

/// Runs one subcommand; an exception becomes a message and exit status 1.
template <class Command>
int reporting_errors(const char* name, const Command& command) {
  try {
    return command();
  } catch (const std::exception& error) {
    fmt::print(stderr, "tapewatch db {}: {}\n", name, error.what());
    return 1;
  }
}

/// Prints the progress of copying pages ten times.
storage::BackupProgress each_tenth(const char* name) {
  return [name, last_tenth = -1](int done, int total) mutable {
    const int tenth = total == 0 ? 10 : static_cast<int>(10LL * done / total);
    if (tenth == last_tenth) return;
    last_tenth = tenth;
    fmt::print(stderr, "{}: {} of {} pages\n", name, done, total);
  };
}

}  // namespace

int run_db_check(const std::string& db) {
  return reporting_errors("check", [&] {
    auto connection = storage::Connection::open_reader(db);
    const auto report = storage::check_database(connection);
    for (const auto& problem : report.problems) fmt::print("{}\n", problem);
    if (!report.problems.empty()) {
      fmt::print(stderr,
                 "tapewatch db check: {}: {} problem(s); put a backup in its place with `tapewatch db restore`\n", db,
                 report.problems.size());
      return 1;
    }
    fmt::print("{}: sound; {} documents, {} roll-up rows{}\n", db, report.documents, report.rollup_rows,
               report.rollups_compared ? ", roll-ups add up to the rows"
                                       : "; roll-ups not compared with rows, because retention has deleted some");
    return 0;
  });
}

int run_db_backup(const std::string& db, const std::string& dest) {
  return reporting_errors("backup", [&] {
    storage::backup_database(db, dest, each_tenth("backup"));
    fmt::print("{}: backed up to {}; `tapewatch db restore {}` puts it back\n", db, dest, dest);
    return 0;
  });
}

int run_db_restore(const std::string& db, const std::string& backup) {
  return reporting_errors("restore", [&] {
    const auto report = storage::restore_database(backup, db, each_tenth("restore"));
    fmt::print("{}: restored from {}: {} documents, sequence {}, schema {}\n", db, backup, report.documents, report.seq,
               report.schema);
    if (!report.former.empty()) {
      fmt::print("The database before is {}; delete it when it is not needed.\n", report.former);
    }
    fmt::print(
        "Sources go on where the backup left them: what Kafka still holds is read again, and its alerts are told "
        "again.\n");
    return 0;
  });
}

int run_db_export(const std::string& db) {
  return reporting_errors("export", [&] {
    auto connection = storage::Connection::open_reader(db);
    storage::export_sequence(connection, [](const std::string& line) { std::cout << line << '\n'; });
    std::cout.flush();
    return std::cout.good() ? 0 : 1;
  });
}

int run_db_snapshot(const std::string& db, const std::string& dest) {
  return reporting_errors("snapshot", [&] {
    storage::snapshot_database(db, dest);
    fmt::print("{}: snapshot in {}\n", db, dest);
    return 0;
  });
}

}  // namespace tapewatch
