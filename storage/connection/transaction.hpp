#pragma once
#include "storage/connection/connection.hpp"

namespace tapewatch::storage {

/// BEGIN IMMEDIATE … COMMIT on the writer. The destructor rolls back what is not committed. The commit returns once the
/// WAL is on disk.
class [[nodiscard]] Transaction {
 public:
  explicit Transaction(Connection& connection);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();
  /// Throws StorageError; nothing of the transaction is stored then.
  void commit();

 private:
  Connection& connection_;
  bool open_ = true;
};

/// Several reads of one state of the database (BEGIN … ROLLBACK on a reader). Keep it short: it blocks checkpoints.
class [[nodiscard]] ReadTransaction {
 public:
  explicit ReadTransaction(Connection& connection);
  ReadTransaction(const ReadTransaction&) = delete;
  ReadTransaction& operator=(const ReadTransaction&) = delete;
  ~ReadTransaction();

 private:
  Connection& connection_;
  bool mine_;  // false inside another one
};

}  // namespace tapewatch::storage
