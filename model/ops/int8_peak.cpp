// Tested by tests/daemon/commands/bench_test.cpp
#include "model/ops/int8_peak.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace tapewatch::model {

#if defined(__x86_64__)

namespace {

constexpr int kChains = 24;  // that do not wait for one another: more than the latency times the units

/// `rounds` dot products of 64 bytes in each of the chains.
__attribute__((target("avx512f,avx512vnni"), noinline)) void dot_products(std::size_t rounds) {
  __m512i sums[kChains] = {}, left = _mm512_set1_epi8(1), right = _mm512_set1_epi8(2);
  for (std::size_t i = 0; i < rounds; ++i) {
#pragma GCC unroll 24
    for (auto& sum : sums) asm volatile("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(left), "v"(right));
  }
}

}  // namespace

double compute_int8_peak(std::size_t rounds) {
  if (!__builtin_cpu_supports("avx512vnni")) return 0;
  dot_products(rounds);
  return 2.0 * 64 * kChains * static_cast<double>(rounds);
}

#else

double compute_int8_peak(std::size_t) { return 0; }

#endif

}  // namespace tapewatch::model
