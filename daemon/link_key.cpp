#include "daemon/link_key.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "config/notation/hex.hpp"

namespace tapewatch {
namespace {

constexpr std::size_t kKeyBytes = 32;

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int get() const { return descriptor_; }

 private:
  const int descriptor_;
};

[[noreturn]] void fail(const std::string& path, const char* what, int error) {
  throw std::runtime_error(
      fmt::format("the key of links, '{}', cannot be {}: {}: give the file and its folder to this user", path, what,
                  std::system_category().message(error)));
}

/// Under another name first, so that no half of a key is ever found.
void make_key(const std::string& path) {
  std::array<unsigned char, kKeyBytes> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    throw std::runtime_error("the system's random generator failed");
  }
  const std::string text = notation::to_hex(bytes) + "\n", unfinished = fmt::format("{}.{}", path, ::getpid());
  ::unlink(unfinished.c_str());
  const File file(::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (file.get() < 0 || ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
      ::fsync(file.get()) != 0 || ::rename(unfinished.c_str(), path.c_str()) != 0) {
    const int error = errno;
    ::unlink(unfinished.c_str());
    fail(path, "written", error);
  }
}

}  // namespace

std::string link_key(const std::string& data_dir) {
  const std::string path = (data_dir.empty() ? std::string(".") : data_dir) + "/link.key";
  if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT) make_key(path);
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (file.get() < 0 || ::fstat(file.get(), &status) != 0) fail(path, "read", errno);
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    throw std::runtime_error(fmt::format(
        "others can read the key of links, '{0}': chmod 600 '{0}', or delete it, which ends all links", path));
  }
  std::array<char, 2 * kKeyBytes + 2> text{};
  const ssize_t size = ::read(file.get(), text.data(), text.size());
  if (size < 0) fail(path, "read", errno);
  std::string_view digits(text.data(), static_cast<std::size_t>(size));
  if (digits.ends_with('\n')) digits.remove_suffix(1);
  const auto key = notation::from_hex<kKeyBytes>(digits);
  if (!key) {
    throw std::runtime_error(
        fmt::format("the key of links, '{}', is damaged: delete it, and the next start makes another one", path));
  }
  return {key->begin(), key->end()};
}

}  // namespace tapewatch
