#pragma once
#include <stdexcept>
#include <string>
#include <string_view>

struct sqlite3;

namespace tapewatch::storage {

/// What went wrong in the database. The message names the file and what to do.
class StorageError : public std::runtime_error {
 public:
  enum class Kind {
    busy,          ///< another connection held a lock for longer than the busy time-out
    full,          ///< no space left (SQLITE_FULL, ENOSPC, EDQUOT)
    corrupt,       ///< damaged, or not an SQLite database
    newer_schema,  ///< written by a newer tapewatch; the file was not touched
    memory,        ///< SQLite ran out of memory
    io,            ///< the system failed to read, write or sync
    deadline,      ///< a reader's query was interrupted
    missing,       ///< there is no such file
    foreign,       ///< another program's database, or held by another writer
    other          ///< a violated invariant, such as a constraint
  };
  StorageError(Kind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  Kind kind() const noexcept { return kind_; }
  /// True where the same transaction may succeed later: busy, full, memory, io.
  bool is_retryable() const noexcept {
    return kind_ == Kind::busy || kind_ == Kind::full || kind_ == Kind::memory || kind_ == Kind::io;
  }

 private:
  Kind kind_;
};

/// "full", "io", … for logs and metric labels.
std::string_view to_string(StorageError::Kind kind);

/// The library's last error on `database` as a StorageError; `doing` completes "… while <doing>".
StorageError make_error(sqlite3* database, int code, std::string_view path, std::string_view doing);

}  // namespace tapewatch::storage
