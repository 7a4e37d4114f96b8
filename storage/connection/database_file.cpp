#include "storage/connection/database_file.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <system_error>

#include "storage/connection/error.hpp"

namespace tapewatch::storage {

std::string restore_marker(const std::string& path) { return path + ".restoring"; }

bool require_database_file(const std::string& path, bool may_be_new) {
  struct stat status {};
  if (::stat(restore_marker(path).c_str(), &status) == 0) {
    throw StorageError(StorageError::Kind::io,
                       fmt::format("database {}: a backup is being put in place, or was until the machine stopped; run "
                                   "`tapewatch db restore` again to finish it",
                                   path));
  }
  if (::stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT && may_be_new) return false;
    const auto kind = errno == ENOENT ? StorageError::Kind::missing : StorageError::Kind::io;
    throw StorageError(kind, fmt::format("database {}: {}", path, std::generic_category().message(errno)));
  }
  if (!S_ISREG(status.st_mode)) {
    throw StorageError(StorageError::Kind::io, fmt::format("database {}: not a file", path));
  }
  return status.st_size != 0 || !may_be_new;
}

}  // namespace tapewatch::storage
