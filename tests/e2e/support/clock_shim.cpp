// For LD_PRELOAD: a wall clock that a test sets. CLOCK_REALTIME is that of the system plus the milliseconds in the file
// $CLOCK_SHIM_OFFSET (eight bytes, mapped), and the kernel says that it is not synchronised, as after every set, unless
// the next eight bytes are not 0. The eight after those are how much of the disk is free, in bytes; 0: as much as is.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <ctime>

namespace {

constexpr std::size_t kNumbers = 3;  // a shorter file is followed by zeros

const volatile std::int64_t* shared() {
  static const volatile std::int64_t* const mapped = [] {
    const char* path = std::getenv("CLOCK_SHIM_OFFSET");  // NOLINT(concurrency-mt-unsafe): nobody sets it
    const int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) std::abort();
    void* found = mmap(nullptr, kNumbers * sizeof(std::int64_t), PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (found == MAP_FAILED) std::abort();
    return static_cast<const volatile std::int64_t*>(found);
  }();
  return mapped;
}

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept {
  using Real = int (*)(clockid_t, timespec*);
  static const auto real = reinterpret_cast<Real>(dlsym(RTLD_NEXT, "clock_gettime"));
  const int result = real(clock, time);
  if (result != 0 || clock != CLOCK_REALTIME) return result;
  constexpr std::int64_t kMillisecond = 1'000'000;
  constexpr std::int64_t kSecond = 1'000 * kMillisecond;
  const std::int64_t nanoseconds = time->tv_sec * kSecond + time->tv_nsec + *shared() * kMillisecond;
  time->tv_sec = nanoseconds / kSecond;
  time->tv_nsec = nanoseconds % kSecond;
  return 0;
}

extern "C" int adjtimex(timex* state) noexcept {
  *state = {};
  if (shared()[1] != 0) return TIME_OK;
  state->status = STA_UNSYNC;
  return TIME_ERROR;
}

extern "C" int statvfs(const char* path, struct statvfs* disk) noexcept {
  using Real = int (*)(const char*, struct statvfs*);
  static const auto real = reinterpret_cast<Real>(dlsym(RTLD_NEXT, "statvfs"));
  const int result = real(path, disk);
  if (result == 0 && shared()[2] != 0) disk->f_bavail = static_cast<fsblkcnt_t>(shared()[2]) / disk->f_frsize;
  return result;
}
