// Tested by tests/model/ops/kernels_test.cpp
#include "model/ops/kernel_sets.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#pragma GCC target("avx2,fma")
#include "model/ops/kernel_templates.hpp"

namespace tapewatch::model {
namespace {

// Widened to 16 bits: the instruction for u8 × s8 (vpmaddubsw) adds two products in 16 bits and saturates. 4 rows × 2
// vectors of sums, 2 of B, 1 of A, 1 of products: 12 of the 16 registers.
struct Avx2Int8 {
  static constexpr std::size_t kPanel = 16, kNarrow = 8, kTileRows = 4, kGroup = 2;
  using Activation = std::int16_t;
  using ActivationVector = std::int16_t __attribute__((vector_size(16)));
  using WeightVector = std::int8_t __attribute__((vector_size(8)));
  using GroupVector = std::int16_t __attribute__((vector_size(16)));

  template <std::size_t kRows, std::size_t kColumns>
  static void sum(const std::int16_t* a, std::size_t stride, const std::int8_t* b, std::size_t groups,
                  std::int32_t* sums) {
    constexpr std::size_t kVectors = kColumns / 8;
    __m256i totals[kRows][kVectors] = {};
    for (std::size_t group = 0; group < groups; ++group) {
      const auto* right = reinterpret_cast<const __m128i*>(b + group * kPanel * kGroup);
      __m256i columns[kVectors];
#pragma GCC unroll 2
      for (std::size_t v = 0; v < kVectors; ++v) columns[v] = _mm256_cvtepi8_epi16(_mm_loadu_si128(right + v));
#pragma GCC unroll 4
      for (std::size_t row = 0; row < kRows; ++row) {
        std::int32_t pair;
        __builtin_memcpy(&pair, a + row * stride + group * kGroup, sizeof pair);
        const __m256i left = _mm256_set1_epi32(pair);
#pragma GCC unroll 2
        for (std::size_t v = 0; v < kVectors; ++v) {
          totals[row][v] = _mm256_add_epi32(totals[row][v], _mm256_madd_epi16(left, columns[v]));
        }
      }
    }
    __builtin_memcpy(sums, totals, sizeof totals);
  }
};

// 6 rows × 2 vectors of sums, 2 of B, 1 of A: 15 of the 16 registers, 12 independent sums for a latency of 4 × 2 a
// cycle.
struct Avx2 {
  static constexpr std::size_t kWidth = 8, kTileRows = 6, kTilePanels = 1;
  using Vector = float __attribute__((vector_size(32)));
  using IntVector = int __attribute__((vector_size(32)));
  static inline __attribute__((always_inline)) Vector fma(Vector a, Vector b, Vector c) {
    return (Vector)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
  }
  /// a < b ? a : b, also of zeros and of what is not a number.
  static inline __attribute__((always_inline)) Vector min(Vector a, Vector b) {
    return (Vector)_mm256_min_ps((__m256)a, (__m256)b);
  }
  static inline __attribute__((always_inline)) Vector max(Vector a, Vector b) {
    return (Vector)_mm256_max_ps((__m256)a, (__m256)b);
  }
  using Int8 = Avx2Int8;
};

}  // namespace

const Kernels kAvx2Kernels = make_kernels<Avx2>("avx2");

}  // namespace tapewatch::model
#endif
