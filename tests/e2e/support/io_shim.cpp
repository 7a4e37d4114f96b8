// For LD_PRELOAD: writes, syncs, truncations, openings, renames and deletions that fail when a test says so. The file
// $IO_SHIM (five numbers of eight bytes, mapped) holds: which calls (bits of Call), the errno, how many of them
// go well before, how many then fail, and how many have failed. Only files below the folder $IO_SHIM_FOLDER count.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

enum Call : std::int64_t { kWrite = 1, kSync = 2, kTruncate = 4, kOpen = 8, kRename = 16, kUnlink = 32 };

struct Plan {
  std::atomic<std::int64_t> calls, error, before, failing, failed;
};

Plan& plan() {
  static Plan* const mapped = [] {
    const char* path = std::getenv("IO_SHIM");  // NOLINT(concurrency-mt-unsafe): nobody sets it
    const auto real = reinterpret_cast<int (*)(const char*, int, ...)>(dlsym(RTLD_NEXT, "open"));
    const int file = path ? real(path, O_RDWR | O_CLOEXEC) : -1;
    if (file < 0) std::abort();
    void* found = mmap(nullptr, sizeof(Plan), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (found == MAP_FAILED) std::abort();
    return static_cast<Plan*>(found);
  }();
  return *mapped;
}

bool is_watched(const char* path) {
  static const char* const folder = std::getenv("IO_SHIM_FOLDER");  // NOLINT(concurrency-mt-unsafe)
  return folder && path && std::strncmp(path, folder, std::strlen(folder)) == 0;
}

bool is_watched(int file) {
  char name[32], path[PATH_MAX];
  std::snprintf(name, sizeof name, "/proc/self/fd/%d", file);
  const ssize_t length = readlink(name, path, sizeof path - 1);
  if (length < 0) return false;
  path[length] = '\0';
  return is_watched(path);
}

/// Whether this call is to fail; errno is set then.
template <class What>
bool fails(Call call, What what) {
  Plan& now = plan();
  if ((now.calls & call) == 0) return false;
  const int kept = errno;
  if (!is_watched(what)) {
    errno = kept;
    return false;
  }
  errno = kept;
  if (now.before.fetch_sub(1) > 0 || now.failing.fetch_sub(1) <= 0) return false;
  ++now.failed;
  errno = static_cast<int>(now.error);
  return true;
}

template <class Function>
Function real(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

}  // namespace

// NOLINTBEGIN(readability-inconsistent-declaration-parameter-name)
extern "C" ssize_t pwrite64(int file, const void* bytes, size_t size, off64_t at) {
  static const auto call = real<decltype(&pwrite64)>("pwrite64");
  return fails(kWrite, file) ? -1 : call(file, bytes, size, at);
}

extern "C" ssize_t pwrite(int file, const void* bytes, size_t size, off_t at) {
  static const auto call = real<decltype(&pwrite)>("pwrite");
  return fails(kWrite, file) ? -1 : call(file, bytes, size, at);
}

extern "C" ssize_t write(int file, const void* bytes, size_t size) {
  static const auto call = real<decltype(&write)>("write");
  return fails(kWrite, file) ? -1 : call(file, bytes, size);
}

extern "C" int fsync(int file) {
  static const auto call = real<decltype(&fsync)>("fsync");
  return fails(kSync, file) ? -1 : call(file);
}

extern "C" int fdatasync(int file) {
  static const auto call = real<decltype(&fdatasync)>("fdatasync");
  return fails(kSync, file) ? -1 : call(file);
}

extern "C" int ftruncate64(int file, off64_t size) noexcept {
  static const auto call = real<decltype(&ftruncate64)>("ftruncate64");
  return fails(kTruncate, file) ? -1 : call(file, size);
}

extern "C" int ftruncate(int file, off_t size) noexcept {
  static const auto call = real<decltype(&ftruncate)>("ftruncate");
  return fails(kTruncate, file) ? -1 : call(file, size);
}

extern "C" int open64(const char* path, int flags, ...) {
  static const auto call = real<decltype(&open64)>("open64");
  va_list rest;
  va_start(rest, flags);
  const unsigned mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, unsigned) : 0;
  va_end(rest);
  return fails(kOpen, path) ? -1 : call(path, flags, mode);
}

extern "C" int open(const char* path, int flags, ...) {
  static const auto call = real<decltype(&open)>("open");
  va_list rest;
  va_start(rest, flags);
  const unsigned mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, unsigned) : 0;
  va_end(rest);
  return fails(kOpen, path) ? -1 : call(path, flags, mode);
}

extern "C" int rename(const char* from, const char* to) noexcept {
  static const auto call = real<decltype(&rename)>("rename");
  return fails(kRename, to) ? -1 : call(from, to);
}

extern "C" int unlink(const char* path) noexcept {
  static const auto call = real<decltype(&unlink)>("unlink");
  return fails(kUnlink, path) ? -1 : call(path);
}
// NOLINTEND(readability-inconsistent-declaration-parameter-name)
