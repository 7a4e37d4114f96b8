// Tested by tests/storage/maintain/restore_test.cpp
#include "storage/maintain/partial_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include "storage/connection/error.hpp"

namespace tapewatch::storage {

namespace {

[[noreturn]] void fail(const std::string& path, const std::string& doing) {
  const int error = errno;
  const auto kind = error == ENOSPC || error == EDQUOT ? StorageError::Kind::full : StorageError::Kind::io;
  throw StorageError(kind, fmt::format("{}: cannot {}: {}", path, doing, std::generic_category().message(error)));
}

void sync(const std::string& path, int flags) {
  const int file = ::open(path.c_str(), flags | O_CLOEXEC);
  if (file < 0) fail(path, "open it");
  const bool failed = ::fsync(file) != 0;
  const int error = errno;
  ::close(file);
  errno = error;
  if (failed) fail(path, "sync it");
}

}  // namespace

void sync_file(const std::string& path) { sync(path, O_RDONLY); }

void sync_folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  sync(slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash), O_RDONLY | O_DIRECTORY);
}

PartialFile::PartialFile(std::string destination)
    : destination_(std::move(destination)), path_(destination_ + ".partial") {
  ::unlink(path_.c_str());
  const int file = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (file < 0) fail(path_, "create it");
  ::close(file);
}

PartialFile::~PartialFile() { ::unlink(path_.c_str()); }

void PartialFile::belong_like(const std::string& model) {
  struct stat wanted {
  }, own{};
  if (::stat(model.c_str(), &wanted) != 0) fail(model, "read its owner");
  if (::stat(path_.c_str(), &own) != 0) fail(path_, "read its owner");
  const bool moves = own.st_uid != wanted.st_uid || own.st_gid != wanted.st_gid;
  if (moves && ::chown(path_.c_str(), wanted.st_uid, wanted.st_gid) != 0) {
    fail(path_, fmt::format("give it to user {}, who owns {} (run as that user or as root)", wanted.st_uid, model));
  }
  if (S_ISREG(wanted.st_mode) && ::chmod(path_.c_str(), wanted.st_mode & 0777) != 0) fail(path_, "set its mode");
}

void PartialFile::finish() {
  sync_file(path_);
  // A link, unlike a rename, does not replace a file.
  if (::link(path_.c_str(), destination_.c_str()) != 0) fail(destination_, "create it");
  sync_folder_of(destination_);
}

void PartialFile::finish_over() {
  sync_file(path_);
  if (std::rename(path_.c_str(), destination_.c_str()) != 0) fail(destination_, "create it");
  sync_folder_of(destination_);
}

}  // namespace tapewatch::storage
