// What the AVX-512 sets share: their vectors of floats.
#pragma once

namespace tapewatch::model {
namespace {

/// 12 rows × 2 vectors of sums, 2 of B, A from memory: 26 of the 32 registers.
struct Avx512Floats {
  static constexpr std::size_t kWidth = 16, kTileRows = 12, kTilePanels = 2;
  using Vector = float __attribute__((vector_size(64)));
  using IntVector = int __attribute__((vector_size(64)));
  static inline __attribute__((always_inline)) Vector fma(Vector a, Vector b, Vector c) {
    return (Vector)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
  }
};

}  // namespace
}  // namespace tapewatch::model
