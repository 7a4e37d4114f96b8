// Tested by tests/config/toml/secrets_test.cpp
#include "config/file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace tapewatch::config {
namespace {

struct Descriptor {
  int fd;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

}  // namespace

boost::system::result<std::string, FileError> read_small_file(const std::string& path, std::size_t max_bytes) {
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.fd < 0) return FileError{std::generic_category().message(errno)};
  struct stat about {};
  if (::fstat(file.fd, &about) == 0 && S_ISDIR(about.st_mode)) {
    return FileError{std::generic_category().message(EISDIR)};
  }
  std::string content;
  char buffer[16384];
  for (;;) {
    const ssize_t got = ::read(file.fd, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return FileError{std::generic_category().message(errno)};
    if (got == 0) break;
    content.append(buffer, static_cast<std::size_t>(got));
    if (content.size() > max_bytes) return FileError{fmt::format("larger than {} bytes", max_bytes)};
  }
  return {boost::system::in_place_value, std::move(content)};
}

}  // namespace tapewatch::config
