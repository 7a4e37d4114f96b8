#pragma once
#include <string>

namespace tapewatch::storage {

/// The advisory lock `<database>.lock` that makes one process the only writer. Held for the object's lifetime; a kill
/// releases it. The file stays: removing it would let two processes lock two files of the same name.
class DatabaseLock {
 public:
  /// Throws StorageError: foreign where another process holds it, io where the file cannot be made.
  explicit DatabaseLock(const std::string& database);
  DatabaseLock(DatabaseLock&& other) noexcept;
  DatabaseLock& operator=(DatabaseLock&& other) noexcept;
  ~DatabaseLock();

 private:
  int file_ = -1;
};

/// Deletes a database with its log files, unless another process is writing to it (StorageError, as above).
void remove_database(const std::string& database);

}  // namespace tapewatch::storage
