// Functions of a whole row of kernel_templates.hpp: softmax and layer normalisation.
#pragma once

#include "model/ops/templates/elementwise.hpp"
#include "model/ops/templates/vectors.hpp"

namespace tapewatch::model {
namespace {

/// kRows rows at once, each for itself: one alone waits for its own sums most of the time.
template <class Simd, std::size_t kRows>
TAPEWATCH_INLINE void softmax_rows(float* x, std::size_t stride, std::size_t columns, float scale) {
  Block<Simd> sums[kRows];
  float maxima[kRows];
  for (std::size_t r = 0; r < kRows; ++r) {
    const float* row = x + r * stride;
    Block<Simd> tops = fill_block<Simd>(row[0]);
    for (std::size_t i = 0; i < columns; i += kLanes) {
      const auto block = load_block<Simd>(row + i, block_size(columns, i), row[0]);
      for (std::size_t p = 0; p < kParts<Simd>; ++p) tops.parts[p] = larger<Simd>(tops.parts[p], block.parts[p]);
    }
    maxima[r] = fold_block<Simd>(tops, Larger());
    sums[r] = fill_block<Simd>(0.0F);
  }
  for (std::size_t i = 0; i < columns; i += kLanes) {
    const std::size_t count = block_size(columns, i);
    for (std::size_t r = 0; r < kRows; ++r) {
      float* at = x + r * stride + i;
      auto block = load_block<Simd>(at, count, maxima[r]);
      for (auto& part : block.parts) part = exponential<Simd>((part - maxima[r]) * scale);
      store_block<Simd>(at, block, count);
      if (count < kLanes) block = load_block<Simd>(at, count, 0.0F);  // the other lanes add nothing
      for (std::size_t p = 0; p < kParts<Simd>; ++p) sums[r].parts[p] += block.parts[p];
    }
  }
  for (std::size_t r = 0; r < kRows; ++r) {
    const float factor = 1.0F / fold_block<Simd>(sums[r], Add());
    for (std::size_t i = 0; i < columns; i += kLanes) {
      float* at = x + r * stride + i;
      const std::size_t count = block_size(columns, i);
      auto block = load_block<Simd>(at, count, 0.0F);
      for (auto& part : block.parts) part *= factor;
      store_block<Simd>(at, block, count);
    }
  }
}

template <class Simd>
void softmax(const Rows& rows, float scale) {
  constexpr std::size_t kTogether = 4;
  std::size_t row = 0;
  for (; row + kTogether <= rows.rows; row += kTogether) {
    softmax_rows<Simd, kTogether>(rows.data + row * rows.stride, rows.stride, rows.columns, scale);
  }
  for (; row < rows.rows; ++row) softmax_rows<Simd, 1>(rows.data + row * rows.stride, rows.stride, rows.columns, scale);
}

/// Adds the residual (null: nothing) and returns the row's sum.
template <class Simd>
TAPEWATCH_INLINE float add_residual(float* x, const float* residual, std::size_t columns) {
  Block<Simd> sums = fill_block<Simd>(0.0F);
  for (std::size_t i = 0; i < columns; i += kLanes) {
    const std::size_t count = block_size(columns, i);
    auto block = load_block<Simd>(x + i, count, 0.0F);
    if (residual) {
      const auto other = load_block<Simd>(residual + i, count, 0.0F);
      for (std::size_t p = 0; p < kParts<Simd>; ++p) block.parts[p] += other.parts[p];
      store_block<Simd>(x + i, block, count);
    }
    for (std::size_t p = 0; p < kParts<Simd>; ++p) sums.parts[p] += block.parts[p];
  }
  return fold_block<Simd>(sums, Add());
}

template <class Simd>
void add_layer_norm(const Rows& rows, const float* residual, const float* gamma, const float* beta, float eps) {
  const std::size_t n = rows.columns;
  for (std::size_t row = 0; row < rows.rows; ++row) {
    float* x = rows.data + row * rows.stride;
    const float sum = add_residual<Simd>(x, residual ? residual + row * n : nullptr, n);
    const float mean = sum / static_cast<float>(n);
    Block<Simd> squares = fill_block<Simd>(0.0F);
    for (std::size_t i = 0; i < n; i += kLanes) {
      const auto block = load_block<Simd>(x + i, block_size(n, i), mean);  // the other lanes add 0
      for (std::size_t p = 0; p < kParts<Simd>; ++p) {
        const auto d = block.parts[p] - mean;
        squares.parts[p] = Simd::fma(d, d, squares.parts[p]);
      }
    }
    const float square = fold_block<Simd>(squares, Add());
    const float factor = 1.0F / __builtin_sqrtf(square / static_cast<float>(n) + eps);
    for (std::size_t i = 0; i < n; i += kLanes) {
      const std::size_t count = block_size(n, i);
      auto block = load_block<Simd>(x + i, count, 0.0F);
      const auto scale = load_block<Simd>(gamma + i, count, 0.0F), shift = load_block<Simd>(beta + i, count, 0.0F);
      for (std::size_t p = 0; p < kParts<Simd>; ++p) {
        block.parts[p] = Simd::fma((block.parts[p] - mean) * factor, scale.parts[p], shift.parts[p]);
      }
      store_block<Simd>(x + i, block, count);
    }
  }
}

}  // namespace
}  // namespace tapewatch::model
