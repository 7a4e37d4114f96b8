// A kernel set in plain C++.
#pragma once

#include "model/ops/templates/exact_fma.hpp"

namespace tapewatch::model {
namespace {

/// The sums of 8-bit products (templates/int8_product.hpp). A product of two elements is at most 255 · 127 and fits 16
/// bits.
template <class Vectors>
struct PortableInt8 {
  static constexpr std::size_t kPanel = Vectors::kInt8Panel, kNarrow = kPanel, kTileRows = 4, kGroup = 1;
  using Activation = std::int16_t;
  using ActivationVector = typename Vectors::Activations;
  using WeightVector = typename Vectors::Weights;
  using GroupVector = WeightVector;

  template <std::size_t kRows, std::size_t kColumns>
  static void sum(const std::int16_t* a, std::size_t stride, const std::int8_t* b, std::size_t groups,
                  std::int32_t* sums) {
    typename Vectors::PanelInts totals[kRows] = {};
    for (std::size_t k = 0; k < groups; ++k) {
      typename Vectors::PanelBytes bytes;
      __builtin_memcpy(&bytes, b + k * kPanel, sizeof bytes);
      const auto right = __builtin_convertvector(bytes, typename Vectors::PanelShorts);
      for (std::size_t row = 0; row < kRows; ++row) {
        const typename Vectors::PanelShorts products = right * a[row * stride + k];
        totals[row] += __builtin_convertvector(products, typename Vectors::PanelInts);
      }
    }
    __builtin_memcpy(sums, totals, sizeof totals);
  }
};

/// Over the given vectors, in whatever instructions the unit is compiled for. The bits do not depend on either.
template <class Vectors>
struct PortableSet : Vectors {
  static constexpr std::size_t kTileRows = 2, kTilePanels = 1;
  using Vector = typename Vectors::Vector;
  static inline __attribute__((always_inline)) Vector fma(Vector a, Vector b, Vector c) {
    return exact_fma<PortableSet>(a, b, c);
  }
  using Int8 = PortableInt8<Vectors>;
};

/// Vectors of four floats, which every CPU of the architecture has.
struct FourFloats {
  static constexpr std::size_t kWidth = 4, kInt8Panel = 8;
  using Vector = float __attribute__((vector_size(16)));
  using IntVector = std::int32_t __attribute__((vector_size(16)));
  using DoubleVector = double __attribute__((vector_size(32)));
  using LongVector = std::int64_t __attribute__((vector_size(32)));
  using Activations = std::int16_t __attribute__((vector_size(8)));
  using Weights = std::int8_t __attribute__((vector_size(4)));
  using PanelBytes = std::int8_t __attribute__((vector_size(8)));
  using PanelShorts = std::int16_t __attribute__((vector_size(16)));
  using PanelInts = std::int32_t __attribute__((vector_size(32)));
};

}  // namespace
}  // namespace tapewatch::model
