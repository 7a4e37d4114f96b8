#include "storage/maintain/restore.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "storage/connection/database_file.hpp"
#include "storage/connection/database_lock.hpp"
#include "storage/maintain/partial_file.hpp"

namespace tapewatch::storage {

namespace {

bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

void move(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) == 0) return;
  throw StorageError(StorageError::Kind::io,
                     fmt::format("{}: cannot move it to {}: {}; run `tapewatch db restore` again", from, to,
                                 std::generic_category().message(errno)));
}

std::int64_t number(Connection& connection, const char* sql) {
  auto row = connection.prepare(sql);
  return row.step() ? row.integer(0) : 0;
}

void require_sound(Connection& backup) {
  auto answer = backup.prepare("PRAGMA integrity_check(1)");
  if (answer.step() && answer.view(0) == "ok") return;
  throw StorageError(StorageError::Kind::corrupt,
                     fmt::format("{}: the backup is damaged ({}); nothing was changed; take an older one",
                                 backup.path(), answer.text(0)));
}

/// Whether both names lead to one file.
bool same_file(const std::string& one, const std::string& other) {
  std::error_code error;
  return std::filesystem::equivalent(one, other, error);
}

/// Moves the database and everything that SQLite keeps beside it; what an interrupted run has moved is no longer there.
bool set_aside(const std::string& path, const std::string& former) {
  bool any = false;
  for (const char* suffix : {"-wal", "-shm", "-journal", ""}) {
    if (!exists(path + suffix)) continue;
    move(path + suffix, former + suffix);
    any = true;
  }
  if (any) sync_folder_of(path);
  return any;
}

}  // namespace

RestoreReport restore_database(const std::string& backup, const std::string& path, const BackupProgress& progress) {
  if (same_file(backup, path)) {
    throw StorageError(StorageError::Kind::other, fmt::format("{}: this is the database itself, not a backup", backup));
  }
  const DatabaseLock lock(path);
  const std::string former = path + ".before-restore", marker = restore_marker(path);
  if (!exists(marker) && exists(former)) {
    throw StorageError(StorageError::Kind::other,
                       fmt::format("{}: kept by an earlier restore; move it away or delete it first", former));
  }
  RestoreReport report;
  {
    Connection source = Connection::open_backup(backup);
    require_sound(source);
    report.documents = number(source, "SELECT count(*) FROM document");
    report.seq = number(source, "SELECT seq FROM clock");
    report.schema = number(source, "PRAGMA user_version");
    PartialFile partial(marker);
    copy_pages(source, partial.path(), progress);
    const auto folder = std::filesystem::path(path).parent_path();
    partial.belong_like(exists(path) ? path : exists(former) ? former : folder.empty() ? "." : folder.string());
    partial.finish_over();
  }
  if (set_aside(path, former) || exists(former)) report.former = former;
  move(marker, path);
  sync_folder_of(path);
  return report;
}

}  // namespace tapewatch::storage
