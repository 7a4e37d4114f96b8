// Rows to panels of kernel_templates.hpp.
#pragma once

#include "model/ops/templates/vectors.hpp"

namespace tapewatch::model {
namespace {

/// Exchanges the upper right with the lower left squares of kStep × kStep of two rows of a square: lane i of `a` with
/// bit kStep set for lane i − kStep of `b`.
template <int kStep, class Vector>
TAPEWATCH_INLINE void exchange_squares(Vector& a, Vector& b) {
  constexpr int kLanesOf = sizeof(Vector) / sizeof(float);
  constexpr auto kFirst = [](int lane) { return lane & kStep ? kLanesOf + (lane ^ kStep) : lane; };
  constexpr auto kSecond = [](int lane) { return lane & kStep ? kLanesOf + lane : lane ^ kStep; };
  const Vector left = a, right = b;
  const auto mix = [&](auto at) {
    if constexpr (kLanesOf == 16) {
      return __builtin_shufflevector(left, right, at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7), at(8), at(9),
                                     at(10), at(11), at(12), at(13), at(14), at(15));
    } else if constexpr (kLanesOf == 8) {
      return __builtin_shufflevector(left, right, at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7));
    } else {
      return __builtin_shufflevector(left, right, at(0), at(1), at(2), at(3));
    }
  };
  a = mix(kFirst);
  b = mix(kSecond);
}

template <int kStep, std::size_t kWidth, class Vector>
TAPEWATCH_INLINE void transpose_steps(Vector (&rows)[kWidth]) {
#pragma GCC unroll 16
  for (std::size_t i = 0; i < kWidth; ++i) {
    if (!(i & kStep)) exchange_squares<kStep>(rows[i], rows[i + kStep]);
  }
  if constexpr (kStep > 1) transpose_steps<kStep / 2>(rows);
}

/// `from` [rows, depth], `stride` floats from row to row, becomes columns of a PanelView: element k of row r at
/// panels[r / kPanel · kPanel · depth + k · kPanel + r % kPanel]; what is left of the last panel is zero.
template <class Simd>
void pack_rows(const float* from, std::size_t stride, std::size_t rows, std::size_t depth, float* panels) {
  constexpr std::size_t kWidth = Simd::kWidth;
  const std::size_t whole = depth / kWidth * kWidth;
  for (std::size_t first = 0; first < rows; first += kWidth) {
    float* panel = panels + first / kPanel * kPanel * depth + first % kPanel;
    const std::size_t count = rows - first < kWidth ? rows - first : kWidth;
    for (std::size_t k = 0; k < whole; k += kWidth) {
      typename Simd::Vector square[kWidth];
#pragma GCC unroll 16
      for (std::size_t i = 0; i < kWidth; ++i) {
        square[i] = i < count ? load<Simd>(from + (first + i) * stride + k) : fill<Simd>(0.0F);
      }
      transpose_steps<kWidth / 2>(square);
#pragma GCC unroll 16
      for (std::size_t i = 0; i < kWidth; ++i) store<Simd>(panel + (k + i) * kPanel, square[i]);
    }
    for (std::size_t k = whole; k < depth; ++k) {
      for (std::size_t i = 0; i < kWidth; ++i) {
        panel[k * kPanel + i] = i < count ? from[(first + i) * stride + k] : 0.0F;
      }
    }
  }
  // Vectors narrower than a panel leave whole vectors of the last one.
  for (std::size_t first = (rows + kWidth - 1) / kWidth * kWidth; first % kPanel != 0; ++first) {
    float* panel = panels + first / kPanel * kPanel * depth + first % kPanel;
    for (std::size_t k = 0; k < depth; ++k) panel[k * kPanel] = 0.0F;
  }
}

}  // namespace
}  // namespace tapewatch::model
