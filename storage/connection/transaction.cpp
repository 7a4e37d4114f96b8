#include "storage/connection/transaction.hpp"

namespace tapewatch::storage {

Transaction::Transaction(Connection& connection) : connection_(connection) {
  connection_.prepare("BEGIN IMMEDIATE").run();
}

Transaction::~Transaction() {
  if (open_) connection_.roll_back();
}

void Transaction::commit() {
  connection_.count_write();
  connection_.prepare("COMMIT").run();
  open_ = false;
}

ReadTransaction::ReadTransaction(Connection& connection)
    : connection_(connection), mine_(!connection.in_transaction()) {
  if (mine_) connection_.prepare("BEGIN").run();
}

ReadTransaction::~ReadTransaction() {
  if (!mine_ || !connection_.in_transaction()) return;
  try {
    connection_.prepare("ROLLBACK").run();
  } catch (const StorageError&) {
    // Nothing was written; the next BEGIN reports the connection's error.
  }
}

}  // namespace tapewatch::storage
