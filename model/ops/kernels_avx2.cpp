// Tested by tests/model/ops/kernels_test.cpp
#include "model/ops/kernel_sets.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#pragma GCC target("avx2,fma")
#include "model/ops/kernel_templates.hpp"

namespace tapewatch::model {
namespace {

// 6 rows × 2 vectors of sums, 2 of B, 1 of A: 15 of the 16 registers, 12 independent sums for a latency of 4 × 2 a
// cycle.
struct Avx2 {
  static constexpr std::size_t kWidth = 8, kTileRows = 6, kTilePanels = 1;
  using Vector = float __attribute__((vector_size(32)));
  using IntVector = int __attribute__((vector_size(32)));
  static inline __attribute__((always_inline)) Vector fma(Vector a, Vector b, Vector c) {
    return (Vector)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
  }
};

}  // namespace

const Kernels kAvx2Kernels = make_kernels<Avx2>("avx2");

}  // namespace tapewatch::model
#endif
