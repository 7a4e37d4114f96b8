// Functions of a whole row of kernel_templates.hpp: softmax and layer normalisation.
#pragma once

#include "model/ops/templates/elementwise.hpp"
#include "model/ops/templates/vectors.hpp"

namespace tapewatch::model {
namespace {

template <class Simd>
void softmax(const Rows& rows, float scale) {
  for (std::size_t row = 0; row < rows.rows; ++row) {
    float* x = rows.data + row * rows.stride;
    Block<Simd> tops = fill_block<Simd>(x[0]);
    for (std::size_t i = 0; i < rows.columns; i += kLanes) {
      const auto block = load_block<Simd>(x + i, block_size(rows.columns, i), x[0]);
      for (std::size_t p = 0; p < kParts<Simd>; ++p) tops.parts[p] = larger<Simd>(tops.parts[p], block.parts[p]);
    }
    const float maximum = fold_block<Simd>(tops, Larger());
    Block<Simd> sums = fill_block<Simd>(0.0F);
    for (std::size_t i = 0; i < rows.columns; i += kLanes) {
      const std::size_t count = block_size(rows.columns, i);
      auto block = load_block<Simd>(x + i, count, maximum);
      for (auto& part : block.parts) part = exponential<Simd>((part - maximum) * scale);
      store_block<Simd>(x + i, block, count);
      if (count < kLanes) block = load_block<Simd>(x + i, count, 0.0F);  // the other lanes add nothing
      for (std::size_t p = 0; p < kParts<Simd>; ++p) sums.parts[p] += block.parts[p];
    }
    const float factor = 1.0F / fold_block<Simd>(sums, Add());
    for (std::size_t i = 0; i < rows.columns; i += kLanes) {
      const std::size_t count = block_size(rows.columns, i);
      auto block = load_block<Simd>(x + i, count, 0.0F);
      for (auto& part : block.parts) part *= factor;
      store_block<Simd>(x + i, block, count);
    }
  }
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
