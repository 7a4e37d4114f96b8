#pragma once
#include <string>

namespace tapewatch::storage {

/// The advisory lock `<database>.lock` that makes one process the only writer. Held for the object's life; a kill
/// releases it. The file stays: taking it away would let two processes hold locks on two files of one name.
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

/// Takes a database away with its log files, unless another process is writing to it (StorageError, as above).
void remove_database(const std::string& database);

}  // namespace tapewatch::storage
