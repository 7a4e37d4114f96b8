// The fp32 matrix product of kernel_templates.hpp.
#pragma once

#include "model/ops/templates/vectors.hpp"

namespace tapewatch::model {
namespace {

/// A panel's slice of 24 KiB stays in the first-level cache. One for each kernel set.
constexpr std::size_t kDepthBlock = 384;  // NOLINT(misc-definitions-in-headers)

/// c[rows, panels · kPanel] = start + a[rows, depth] · b: the tile's sums stay in registers for the whole depth.
template <class Simd, std::size_t kRows, std::size_t kPanels>
TAPEWATCH_INLINE void multiply_tile(const float* a, std::size_t a_stride, const float* b, std::size_t panel_stride,
                                    std::size_t row_stride, std::size_t depth, const float* start,
                                    std::size_t start_stride, float* c, std::size_t c_stride) {
  using Vector = typename Simd::Vector;
  constexpr std::size_t kParts = kPanel / Simd::kWidth;
  constexpr std::size_t kVectors = kParts * kPanels;
  Vector sums[kRows][kVectors];
#pragma GCC unroll 16
  for (std::size_t row = 0; row < kRows; ++row) {
#pragma GCC unroll 16
    for (std::size_t v = 0; v < kVectors; ++v) sums[row][v] = load<Simd>(start + row * start_stride + v * Simd::kWidth);
  }
  for (std::size_t k = 0; k < depth; ++k) {
    Vector right[kVectors];
#pragma GCC unroll 16
    for (std::size_t v = 0; v < kVectors; ++v) {
      right[v] = load<Simd>(b + v / kParts * panel_stride + k * row_stride + v % kParts * Simd::kWidth);
    }
#pragma GCC unroll 16
    for (std::size_t row = 0; row < kRows; ++row) {
      const Vector left = fill<Simd>(a[row * a_stride + k]);
#pragma GCC unroll 16
      for (std::size_t v = 0; v < kVectors; ++v) sums[row][v] = Simd::fma(left, right[v], sums[row][v]);
    }
  }
#pragma GCC unroll 16
  for (std::size_t row = 0; row < kRows; ++row) {
#pragma GCC unroll 16
    for (std::size_t v = 0; v < kVectors; ++v) store<Simd>(c + row * c_stride + v * Simd::kWidth, sums[row][v]);
  }
}

/// One strip of panels, one slice of the depth, all rows.
struct Strip {
  const float* a;
  std::size_t a_stride, rows;
  const float* b;
  std::size_t panel_stride, row_stride, depth;
  const float* bias;  // null: continue from c
  float* c;
  std::size_t c_stride;
};

template <class Simd, std::size_t kPanels, std::size_t kRows>
void multiply_rows(const Strip& strip, std::size_t row) {
  const float* c = strip.c + row * strip.c_stride;
  multiply_tile<Simd, kRows, kPanels>(strip.a + row * strip.a_stride, strip.a_stride, strip.b, strip.panel_stride,
                                      strip.row_stride, strip.depth, strip.bias ? strip.bias : c,
                                      strip.bias ? 0 : strip.c_stride, strip.c + row * strip.c_stride, strip.c_stride);
}

template <class Simd, std::size_t kPanels, std::size_t kRows = Simd::kTileRows>
void multiply_few(const Strip& strip, std::size_t row, std::size_t rows) {
  if (rows == kRows) return multiply_rows<Simd, kPanels, kRows>(strip, row);
  if constexpr (kRows > 1) multiply_few<Simd, kPanels, kRows - 1>(strip, row, rows);
}

template <class Simd, std::size_t kPanels>
void multiply_strip(const Strip& strip) {
  constexpr std::size_t kRows = Simd::kTileRows;
  std::size_t row = 0;
  // Rows that do not fill a tile are split evenly between the last two: a tile of one row waits for its sums.
  while (strip.rows - row >= 2 * kRows || strip.rows - row == kRows) {
    multiply_rows<Simd, kPanels, kRows>(strip, row);
    row += kRows;
  }
  if (strip.rows - row > kRows) {
    const std::size_t half = (strip.rows - row + 1) / 2;
    multiply_few<Simd, kPanels>(strip, row, half);
    row += half;
  }
  if (row < strip.rows) multiply_few<Simd, kPanels>(strip, row, strip.rows - row);
}

/// A partial last panel: computed in its own full tile, then copied.
template <class Simd>
void multiply_partial(const Strip& strip, std::size_t columns) {
  constexpr std::size_t kRows = Simd::kTileRows;
  float tile[kRows * kPanel] = {};
  for (std::size_t row = 0; row < strip.rows; row += kRows) {
    const std::size_t rows = strip.rows - row < kRows ? strip.rows - row : kRows;
    float* c = strip.c + row * strip.c_stride;
    if (!strip.bias) {
      for (std::size_t i = 0; i < rows; ++i) __builtin_memcpy(tile + i * kPanel, c + i * strip.c_stride, columns * 4);
    }
    Strip part = strip;
    part.a += row * strip.a_stride;
    part.c = tile;
    part.c_stride = kPanel;
    multiply_few<Simd, 1>(part, 0, rows);
    for (std::size_t i = 0; i < rows; ++i) __builtin_memcpy(c + i * strip.c_stride, tile + i * kPanel, columns * 4);
  }
}

template <class Simd>
void multiply(const MatrixProduct& product) {
  constexpr std::size_t kWide = Simd::kTilePanels;
  constexpr float kZeros[kWide * kPanel] = {};
  const std::size_t panel_stride = product.b.stride;
  const std::size_t full = product.b.columns / kPanel;
  std::size_t begin = 0;
  do {  // once even for depth 0: C is then the bias
    const std::size_t depth = product.b.depth - begin < kDepthBlock ? product.b.depth - begin : kDepthBlock;
    Strip strip{.a = product.a + begin,
                .a_stride = product.a_stride,
                .rows = product.rows,
                .b = nullptr,
                .panel_stride = panel_stride,
                .row_stride = product.b.row_stride,
                .depth = depth,
                .bias = nullptr,
                .c = nullptr,
                .c_stride = product.c_stride};
    const auto at = [&](std::size_t panel) {
      strip.b = product.b.data + panel * panel_stride + begin * product.b.row_stride;
      strip.c = product.c + panel * kPanel;
      strip.bias = begin > 0 || product.add ? nullptr : product.bias ? product.bias + panel * kPanel : kZeros;
    };
    std::size_t panel = 0;
    for (; panel + kWide <= full; panel += kWide) {
      at(panel);
      multiply_strip<Simd, kWide>(strip);
    }
    for (; panel < full; ++panel) {
      at(panel);
      multiply_strip<Simd, 1>(strip);
    }
    if (panel < product.b.panels()) {
      at(panel);
      multiply_partial<Simd>(strip, product.b.columns - panel * kPanel);
    }
    begin += depth;
  } while (begin < product.b.depth);
}

}  // namespace
}  // namespace tapewatch::model
