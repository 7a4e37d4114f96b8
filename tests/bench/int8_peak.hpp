#pragma once
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <cstddef>

#include "tests/bench/measure.hpp"

namespace tapewatch::bench {

#if defined(__x86_64__)
/// Nothing but 8-bit dot products of registers: `rounds` of 24 that do not wait for one another.
__attribute__((target("avx512f,avx512vnni"), noinline)) inline void dot_products(std::size_t rounds) {
  __m512i sums[24] = {}, left = _mm512_set1_epi8(1), right = _mm512_set1_epi8(2);
  for (std::size_t i = 0; i < rounds; ++i) {
#pragma GCC unroll 24
    for (auto& sum : sums) asm volatile("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(left), "v"(right));
  }
}
#endif

/// Operations per second that this core's 8-bit dot products reach at most, a product and a sum as two; 0 without them.
inline double int8_peak() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512vnni")) {
    constexpr std::size_t kRounds = 100000;
    return 24.0 * 64 * 2 * kRounds / seconds_per_call([] { dot_products(kRounds); });
  }
#endif
  return 0;
}

}  // namespace tapewatch::bench
