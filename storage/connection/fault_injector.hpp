#pragma once
#include <cstddef>

#include "storage/connection/error.hpp"

namespace tapewatch::storage {

/// For tests: makes write number n on a connection fail, as a full or failing disk would. Every statement that writes
/// counts as one operation, and so does each commit. Not thread-safe: belongs to the connection's thread.
class FaultInjector {
 public:
  /// The operation with this number (from 0, counted from now) throws a StorageError of `kind`; later ones succeed.
  void fail_at(std::size_t operation, StorageError::Kind kind = StorageError::Kind::io);
  void clear();
  /// Write operations seen since the last fail_at() or clear().
  std::size_t operations() const { return operations_; }
  bool fired() const { return fired_; }
  /// Called by Connection before each write.
  void on_write();

 private:
  std::size_t operations_ = 0, fail_at_ = 0;
  bool armed_ = false, fired_ = false;
  StorageError::Kind kind_ = StorageError::Kind::io;
};

}  // namespace tapewatch::storage
