#include "storage/connection/database_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "storage/connection/error.hpp"

namespace tapewatch::storage {

DatabaseLock::DatabaseLock(const std::string& database) {
  const std::string name = database + ".lock";
  file_ = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file_ < 0) {
    throw StorageError(StorageError::Kind::io,
                       fmt::format("cannot create {}: {}; does its folder exist, and is it writable?", name,
                                   std::generic_category().message(errno)));
  }
  if (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
    ::close(file_);
    throw StorageError(StorageError::Kind::foreign,
                       fmt::format("database {}: another tapewatch is writing to it; stop that one first", database));
  }
}

DatabaseLock::DatabaseLock(DatabaseLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

DatabaseLock& DatabaseLock::operator=(DatabaseLock&& other) noexcept {
  std::swap(file_, other.file_);
  return *this;
}

DatabaseLock::~DatabaseLock() {
  if (file_ >= 0) ::close(file_);
}

void remove_database(const std::string& database) {
  const DatabaseLock lock(database);
  for (const char* suffix : {"", "-wal", "-shm"}) {
    std::error_code error;
    std::filesystem::remove(database + suffix, error);
    if (error) {
      throw StorageError(StorageError::Kind::io,
                         fmt::format("cannot remove {}{}: {}", database, suffix, error.message()));
    }
  }
}

}  // namespace tapewatch::storage
