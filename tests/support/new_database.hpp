#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include "storage/connection/connection.hpp"

namespace tapewatch::tests {

/// The file of a database that no transaction is open on, whole: what its write-ahead log holds is moved into it.
inline std::string bytes_of(storage::Connection& database) {
  database.execute("PRAGMA wal_checkpoint(TRUNCATE)");
  std::ifstream file(database.path(), std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A writer's connection to a database with these bytes, at a path where there is none.
inline storage::Connection open_copy(const std::string& path, const std::string& bytes,
                                     const storage::StorageOptions& options = {}) {
  if (std::filesystem::exists(path)) throw std::logic_error(path + " is there");
  std::ofstream(path, std::ios::binary) << bytes;
  return storage::Connection::open_writer(path, options);
}

/// A writer's connection to a new, empty database. Only the first one of a program runs the migrations, which take
/// longer than most tests; the others are copies of it. From one thread at a time.
inline storage::Connection open_new(const std::string& path, const storage::StorageOptions& options = {}) {
  static std::string empty;
  if (!empty.empty()) return open_copy(path, empty, options);
  storage::Connection first = storage::Connection::open_writer(path, options);
  empty = bytes_of(first);
  return first;
}

}  // namespace tapewatch::tests
