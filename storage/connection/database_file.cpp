#include "storage/connection/database_file.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <string_view>
#include <system_error>

#include "storage/connection/error.hpp"

namespace tapewatch::storage {

bool require_database_file(const std::string& path, bool may_be_new) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT && may_be_new) return false;
    const auto kind = errno == ENOENT ? StorageError::Kind::missing : StorageError::Kind::io;
    throw StorageError(kind, fmt::format("database {}: {}", path, std::generic_category().message(errno)));
  }
  if (!S_ISREG(status.st_mode)) {
    throw StorageError(StorageError::Kind::io, fmt::format("database {}: not a file", path));
  }
  if (status.st_size == 0 && may_be_new) return false;

  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!file) {
    throw StorageError(StorageError::Kind::io,
                       fmt::format("database {}: {}", path, std::generic_category().message(errno)));
  }
  char header[16] = {};
  const std::size_t got = std::fread(header, 1, sizeof header, file.get());
  static constexpr std::string_view magic("SQLite format 3\0", 16);
  if (std::string_view(header, got) != magic) {
    throw StorageError(
        StorageError::Kind::corrupt,
        fmt::format("database {}: damaged, or not an SQLite database (its first bytes are wrong); move it "
                    "away and restore a backup, or name another file in [storage] path",
                    path));
  }
  return true;
}

}  // namespace tapewatch::storage
