// Tested by tests/model/ops/kernels_test.cpp
#include "model/ops/kernel_sets.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#pragma GCC target("avx512f,avx512bw,avx2,fma,prefer-vector-width=512")
#include "model/ops/kernel_templates.hpp"
#include "model/ops/templates/avx512_floats.hpp"

namespace tapewatch::model {
namespace {

// Widened to 16 bits, as in the AVX2 set. 8 rows × 2 vectors of sums, 2 of B, 1 of A, 1 of products.
struct Avx512Int8 {
  static constexpr std::size_t kPanel = 32, kNarrow = 16, kTileRows = 8, kGroup = 2;
  using Activation = std::int16_t;
  using ActivationVector = std::int16_t __attribute__((vector_size(32)));
  using WeightVector = std::int8_t __attribute__((vector_size(16)));
  using GroupVector = std::int16_t __attribute__((vector_size(32)));

  template <std::size_t kRows, std::size_t kColumns>
  static void sum(const std::int16_t* a, std::size_t stride, const std::int8_t* b, std::size_t groups,
                  std::int32_t* sums) {
    constexpr std::size_t kVectors = kColumns / 16;
    __m512i totals[kRows][kVectors] = {};
    for (std::size_t group = 0; group < groups; ++group) {
      const auto* right = reinterpret_cast<const __m256i*>(b + group * kPanel * kGroup);
      __m512i columns[kVectors];
#pragma GCC unroll 2
      for (std::size_t v = 0; v < kVectors; ++v) columns[v] = _mm512_cvtepi8_epi16(_mm256_loadu_si256(right + v));
#pragma GCC unroll 8
      for (std::size_t row = 0; row < kRows; ++row) {
        std::int32_t pair;
        __builtin_memcpy(&pair, a + row * stride + group * kGroup, sizeof pair);
        const __m512i left = _mm512_set1_epi32(pair);
#pragma GCC unroll 2
        for (std::size_t v = 0; v < kVectors; ++v) {
          totals[row][v] = _mm512_add_epi32(totals[row][v], _mm512_madd_epi16(left, columns[v]));
        }
      }
    }
    __builtin_memcpy(sums, totals, sizeof totals);
  }
};

struct Avx512 : Avx512Floats {
  using Int8 = Avx512Int8;
};

}  // namespace

const Kernels kAvx512Kernels = make_kernels<Avx512>("avx512");

}  // namespace tapewatch::model
#endif
