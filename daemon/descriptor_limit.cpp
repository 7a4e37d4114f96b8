// Tested by tests/e2e/daemon/limits_test.py
#include "daemon/descriptor_limit.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace tapewatch {
namespace {

constexpr std::size_t kOwn = 96;  // not for client connections: about 40 for an idle daemon, feeds and active webhooks
constexpr std::size_t kLeast = 16;  // below this no client could connect; then accepting fails instead and is reported

}  // namespace

std::size_t connections_within_limit(std::size_t wanted) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  if (limit.rlim_cur < limit.rlim_max) {
    const rlimit raised{limit.rlim_max, limit.rlim_max};
    if (setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  }
  if (limit.rlim_cur == RLIM_INFINITY) return wanted;
  const auto most = static_cast<std::size_t>(limit.rlim_cur);
  return std::min(wanted, most > kOwn + kLeast ? most - kOwn : kLeast);
}

}  // namespace tapewatch
