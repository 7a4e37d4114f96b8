#pragma once
// How the benchmarks measure: the CPU time of this thread, so that other work on the machine disturbs less, and the
// best of a few rounds. Ratios between two builds are portable; absolute figures apply to one machine.
#include <time.h>

#include <algorithm>
#include <functional>

namespace tapewatch::bench {

inline double seconds_of(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// Seconds of one call on `clock`, the best of `rounds` rounds of at least 0.2 s.
inline double seconds_per_call(const std::function<void()>& call, int rounds = 3,
                               clockid_t clock = CLOCK_THREAD_CPUTIME_ID) {
  double best = 1e9;
  call();
  for (int round = 0; round < rounds; ++round) {
    const double begin = seconds_of(clock);
    int calls = 0;
    double passed = 0;
    for (; passed < 0.2; passed = seconds_of(clock) - begin, ++calls) call();
    best = std::min(best, passed / calls);
  }
  return best;
}

}  // namespace tapewatch::bench
