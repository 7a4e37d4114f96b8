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
  /// a < b ? a : b, also of zeros and of what is not a number.
  static inline __attribute__((always_inline)) Vector min(Vector a, Vector b) {
    return (Vector)_mm512_min_ps((__m512)a, (__m512)b);
  }
  static inline __attribute__((always_inline)) Vector max(Vector a, Vector b) {
    return (Vector)_mm512_max_ps((__m512)a, (__m512)b);
  }
  /// The first `count` of 16 values, then `rest`.
  static inline __attribute__((always_inline)) Vector load_some(const float* from, std::size_t count, float rest) {
    return (Vector)_mm512_mask_loadu_ps(_mm512_set1_ps(rest), static_cast<__mmask16>((1U << count) - 1), from);
  }
  static inline __attribute__((always_inline)) void store_some(float* to, Vector value, std::size_t count) {
    _mm512_mask_storeu_ps(to, static_cast<__mmask16>((1U << count) - 1), (__m512)value);
  }
};

}  // namespace
}  // namespace tapewatch::model
