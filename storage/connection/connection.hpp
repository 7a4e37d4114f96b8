#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "storage/connection/error.hpp"
#include "storage/connection/fault_injector.hpp"
#include "storage/connection/statement.hpp"
#include "storage/storage_options.hpp"

struct sqlite3;

namespace tapewatch::storage {

/// The progress of a migration that processes stored documents or roll-ups.
struct MigrationStep {
  std::int64_t version = 0;  ///< the schema it leads to
  std::int64_t done = 0, total = 0;
  std::string_view unit;  ///< documents, roll-ups
};
/// Called at the first one, after each 10,000, and at the last; an exception from it ends the migration.
using MigrationProgress = std::function<void(const MigrationStep&)>;

/// One SQLite connection with its prepared statements. Belongs to one thread at a time; only interrupt() may be called
/// from another. The writer is the only connection that writes; any number of readers see the last commit.
class Connection {
 public:
  /// Creates the file if it is missing; refuses a database that is newer, damaged, another program's or held by another
  /// writer; migrates an older one; sets WAL with synchronous=FULL. Throws StorageError.
  static Connection open_writer(const std::string& path, const StorageOptions& options = {},
                                const MigrationProgress& progress = {});
  /// Read only; the file must exist and have this binary's schema (`missing`, `newer_schema`, `corrupt`, `other` where
  /// older).
  static Connection open_reader(const std::string& path, const StorageOptions& options = {});
  /// The same for a backup: may have an older schema, of which only what every schema has may be read.
  static Connection open_backup(const std::string& path, const StorageOptions& options = {});

  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  ~Connection();

  /// A statement from the cache, compiled at its first use.
  Statement prepare(std::string_view sql);
  /// Runs one or more statements and ignores their results.
  void execute(const std::string& sql);
  /// Rows changed by the last INSERT, UPDATE or DELETE.
  std::int64_t changes() const;
  /// Row id of the last INSERT.
  std::int64_t last_insert_id() const;
  bool in_transaction() const;

  /// A query on this connection ends with StorageError::deadline once `check` returns true; it is called every
  /// `interrupt_every` steps of the virtual machine. Empty: never.
  void set_interrupt_check(std::function<bool()> check);
  /// Ends the running query. Callable from any thread.
  void interrupt();

  /// For tests; null removes it. The injector must outlive the connection or the next call.
  void set_fault(FaultInjector* fault);
  /// Counts roll-backs: anything cached inside a transaction is stale when the count changes.
  std::uint64_t generation() const;
  const std::string& path() const;
  sqlite3* handle() const;

 private:
  friend class Transaction;
  explicit Connection(std::unique_ptr<ConnectionState> state);
  static Connection open(const std::string& path, const StorageOptions& options, int flags);
  void roll_back() noexcept;
  void count_write();

  std::unique_ptr<ConnectionState> state_;
};

}  // namespace tapewatch::storage
