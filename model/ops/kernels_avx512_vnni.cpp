// Tested by tests/model/ops/kernels_test.cpp
#include "model/ops/kernel_sets.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#pragma GCC target("avx512f,avx512bw,avx512vnni,avx2,fma,prefer-vector-width=512")
#include "model/ops/kernel_templates.hpp"
#include "model/ops/templates/avx512_floats.hpp"

namespace tapewatch::model {
namespace {

/// sums[i] += Σ of four neighbours, left (unsigned) · right (signed). As an instruction and not as an intrinsic: gcc 12
/// copies the sums to another register before each one, at half the speed.
inline __attribute__((always_inline)) void add_dot_products(__m512i& sums, __m512i left, __m512i right) {
  asm("vpdpbusd %2, %1, %0" : "+v"(sums) : "v"(left), "v"(right));
}

// 6 rows × 4 vectors of sums, 4 of B, 1 of A: 29 of the 32 registers, and 24 independent sums.
struct Avx512VnniInt8 {
  static constexpr std::size_t kPanel = 64, kNarrow = 32, kTileRows = 6, kGroup = 4;
  using Activation = std::uint8_t;
  using ActivationVector = std::uint8_t __attribute__((vector_size(16)));
  using WeightVector = std::int8_t __attribute__((vector_size(16)));
  using GroupVector = std::int32_t __attribute__((vector_size(64)));

  template <std::size_t kRows, std::size_t kColumns>
  static void sum(const std::uint8_t* a, std::size_t stride, const std::int8_t* b, std::size_t groups,
                  std::int32_t* sums) {
    constexpr std::size_t kVectors = kColumns / 16;
    __m512i totals[kRows][kVectors] = {};
    for (std::size_t group = 0; group < groups; ++group) {
      const std::int8_t* right = b + group * kPanel * kGroup;
      __m512i columns[kVectors];
#pragma GCC unroll 4
      for (std::size_t v = 0; v < kVectors; ++v) columns[v] = _mm512_loadu_si512(right + v * 64);
#pragma GCC unroll 6
      for (std::size_t row = 0; row < kRows; ++row) {
        std::int32_t four;
        __builtin_memcpy(&four, a + row * stride + group * kGroup, sizeof four);
        const __m512i left = _mm512_set1_epi32(four);
#pragma GCC unroll 4
        for (std::size_t v = 0; v < kVectors; ++v) add_dot_products(totals[row][v], left, columns[v]);
      }
    }
    __builtin_memcpy(sums, totals, sizeof totals);
  }
};

struct Avx512Vnni : Avx512Floats {
  using Int8 = Avx512VnniInt8;
};

}  // namespace

const Kernels kAvx512VnniKernels = make_kernels<Avx512Vnni>("avx512_vnni");

}  // namespace tapewatch::model
#endif
