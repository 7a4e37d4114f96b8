// The 8-bit matrix product of kernel_templates.hpp. A set gives as `Simd::Int8`: kPanel (columns in a panel), kNarrow
// (the panel or half of it), kTileRows, kGroup (neighbours along the depth that lie together), Activation (the type of
// an element of a row), ActivationVector, WeightVector and GroupVector (kWidth activations, weights and groups of
// weights), and sum<kRows, kColumns>(a, stride, b, groups, sums): the sums of kRows rows with the first kColumns
// (kPanel or kNarrow) columns of a panel, [kRows, kColumns]. What is exact (integers) belongs to the set; what is
// rounded is here, once for all of them.
#pragma once

#include "model/ops/templates/elementwise.hpp"
#include "model/ops/templates/vectors.hpp"

namespace tapewatch::model {
namespace {

constexpr float kRoundToInteger = 12582912.0F;  // 1.5·2²³: what is added to it is rounded to an integer

/// The integers of floats to which kRoundToInteger was added: their low bits.
template <class Simd>
TAPEWATCH_INLINE typename Simd::IntVector integers_of(typename Simd::Vector rounded) {
  return (typename Simd::IntVector)rounded - __builtin_bit_cast(std::int32_t, kRoundToInteger);
}

TAPEWATCH_INLINE constexpr std::size_t up(std::size_t value, std::size_t step) {
  return (value + step - 1) / step * step;
}

template <class Simd>
std::size_t int8_row_bytes(std::size_t columns) {
  return up(columns * sizeof(typename Simd::Int8::Activation), 64) + 64;  // 64 more: rows that do not share cache sets
}

/// q = round((x − smallest) · 255 / (largest − smallest)), 0 always an integer of its own: padding and what ReLU and
/// GELU leave of negative values stay exact.
template <class Simd>
void quantise(const float* x, std::size_t x_stride, const Int8Rows& out) {
  using Activation = typename Simd::Int8::Activation;
  constexpr float kSmallestRange = 1e-30F;  // below, 255 / range would overflow: all of the row counts as 0
  for (std::size_t row = 0; row < out.rows; ++row, x += x_stride) {
    Block<Simd> lows = fill_block<Simd>(0.0F), highs = lows;
    for (std::size_t i = 0; i < out.columns; i += kLanes) {
      const auto block = load_block<Simd>(x + i, block_size(out.columns, i), 0.0F);
      for (std::size_t p = 0; p < kParts<Simd>; ++p) {
        lows.parts[p] = smaller<Simd>(lows.parts[p], block.parts[p]);
        highs.parts[p] = larger<Simd>(highs.parts[p], block.parts[p]);
      }
    }
    const float low = fold_block<Simd>(lows, Smaller()), high = fold_block<Simd>(highs, Larger());
    const float range = high - low;
    const float inverse = range > kSmallestRange ? 255.0F / range : 0.0F;
    const float zero = kRoundToInteger - low * inverse;  // its low bits are the integer
    out.scales[row] = range > kSmallestRange ? range / 255.0F : 0.0F;
    out.zeros[row] = __builtin_bit_cast(std::int32_t, zero) - __builtin_bit_cast(std::int32_t, kRoundToInteger);
    auto* to = reinterpret_cast<Activation*>(out.data + row * out.stride);
    const auto factor = fill<Simd>(inverse), offset = fill<Simd>(zero);
    const auto least = fill<Simd>(kRoundToInteger), most = fill<Simd>(kRoundToInteger + 255.0F);
    for (std::size_t i = 0; i < out.columns; i += kLanes) {
      const auto block = load_block<Simd>(x + i, block_size(out.columns, i), 0.0F);
      for (std::size_t p = 0; p < kParts<Simd>; ++p) {
        const auto rounded = smaller<Simd>(larger<Simd>(Simd::fma(block.parts[p], factor, offset), least), most);
        const auto narrow = __builtin_convertvector(integers_of<Simd>(rounded), typename Simd::Int8::ActivationVector);
        __builtin_memcpy(to + i + p * Simd::kWidth, &narrow, sizeof narrow);
      }
    }
  }
}

template <class Simd>
std::size_t int8_matrix_bytes(std::size_t depth, std::size_t columns) {
  return up(depth, Simd::Int8::kGroup) * up(columns, Simd::Int8::kPanel);
}

/// Panel by panel, in each the groups of the depth in turn, in each group column by column.
template <class Simd>
void pack_int8(const std::int8_t* weight, std::size_t depth, std::size_t columns, std::byte* out) {
  constexpr std::size_t kPanel = Simd::Int8::kPanel, kGroup = Simd::Int8::kGroup;
  auto* to = reinterpret_cast<std::int8_t*>(out);
  for (std::size_t panel = 0; panel < columns; panel += kPanel) {
    const bool whole = panel + kPanel <= columns;
    for (std::size_t group = 0; group < depth; group += kGroup) {
      if (whole && group + kGroup <= depth) {
        for (std::size_t column = panel; column < panel + kPanel; ++column, to += kGroup) {
          __builtin_memcpy(to, weight + column * depth + group, kGroup);
        }
        continue;
      }
      for (std::size_t column = panel; column < panel + kPanel; ++column) {
        for (std::size_t k = group; k < group + kGroup; ++k) {
          *to++ = column < columns && k < depth ? weight[column * depth + k] : std::int8_t{0};
        }
      }
    }
  }
}

/// What is done with a sum after it was scaled and the bias added.
enum class Tail { none, gelu, residual };

/// One row of a panel: `sums` [kColumns] to `y`.
template <class Simd, Tail kTail, std::size_t kColumns>
TAPEWATCH_INLINE void finish_row(const std::int32_t* sums, float scale, std::int32_t zero, const Int8Columns& columns,
                                 const float* residual, float* y) {
  using IntVector = typename Simd::IntVector;
  for (std::size_t i = 0; i < kColumns; i += Simd::kWidth) {
    IntVector sum, weights;
    __builtin_memcpy(&sum, sums + i, sizeof sum);
    __builtin_memcpy(&weights, columns.sums + i, sizeof weights);
    const auto exact = __builtin_convertvector(sum - weights * zero, typename Simd::Vector);
    auto value = Simd::fma(exact, load<Simd>(columns.scales + i) * scale, load<Simd>(columns.bias + i));
    if constexpr (kTail == Tail::gelu) value = coarse_gelu_of<Simd>(value);
    if constexpr (kTail == Tail::residual) value += load<Simd>(residual + i);
    store<Simd>(y + i, value);
  }
}

/// Rows [first, first + kRows) of a panel's columns [column, column + kColumns), of which `count` exist.
template <class Simd, Tail kTail, std::size_t kColumns, std::size_t kRows>
void int8_tile(const Int8Product& product, std::size_t first, std::size_t column, std::size_t count) {
  using Int8 = typename Simd::Int8;
  const std::size_t groups = up(product.a.columns, Int8::kGroup) / Int8::kGroup;
  alignas(64) std::int32_t sums[kRows * kColumns];
  const auto* a = reinterpret_cast<const typename Int8::Activation*>(product.a.data + first * product.a.stride);
  const auto* b = reinterpret_cast<const std::int8_t*>(product.b.data) + column * groups * Int8::kGroup;
  Int8::template sum<kRows, kColumns>(a, product.a.stride / sizeof *a, b, groups, sums);
  const Int8Columns columns{product.b.columns.scales + column, product.b.columns.sums + column,
                            product.b.columns.bias + column};
  for (std::size_t row = 0; row < kRows; ++row) {
    const std::size_t at = (first + row) * product.c_stride + column;
    const float scale = product.a.scales[first + row];
    const std::int32_t zero = product.a.zeros[first + row];
    const float* residual = kTail == Tail::residual ? product.residual + at : nullptr;
    if (count == kColumns) {
      finish_row<Simd, kTail, kColumns>(sums + row * kColumns, scale, zero, columns, residual, product.c + at);
      continue;
    }
    float values[kColumns] = {};
    if (residual) __builtin_memcpy(values, residual, count * sizeof(float));
    finish_row<Simd, kTail, kColumns>(sums + row * kColumns, scale, zero, columns, values, values);
    __builtin_memcpy(product.c + at, values, count * sizeof(float));
  }
}

template <class Simd, Tail kTail, std::size_t kColumns, std::size_t kRows = Simd::Int8::kTileRows>
TAPEWATCH_INLINE void int8_rows(const Int8Product& product, std::size_t first, std::size_t rows, std::size_t column,
                                std::size_t count) {
  if (rows == kRows) return int8_tile<Simd, kTail, kColumns, kRows>(product, first, column, count);
  if constexpr (kRows > 1) int8_rows<Simd, kTail, kColumns, kRows - 1>(product, first, rows, column, count);
}

/// Panel by panel, so that a panel stays in the first-level cache for all rows; the rows in tiles of about one size, as
/// a tile of one row waits for its sums.
template <class Simd, Tail kTail>
void multiply_int8(const Int8Product& product) {
  constexpr std::size_t kPanel = Simd::Int8::kPanel, kTileRows = Simd::Int8::kTileRows;
  const std::size_t rows = product.a.rows, tiles = (rows + kTileRows - 1) / kTileRows;
  for (std::size_t column = 0; column < product.b.outputs; column += kPanel) {
    const std::size_t left = product.b.outputs - column, count = left < kPanel ? left : kPanel;
    for (std::size_t tile = 0; tile < tiles; ++tile) {
      const std::size_t first = rows * tile / tiles, last = rows * (tile + 1) / tiles;
      if (count > Simd::Int8::kNarrow) {
        int8_rows<Simd, kTail, kPanel>(product, first, last - first, column, count);
      } else {
        int8_rows<Simd, kTail, Simd::Int8::kNarrow>(product, first, last - first, column, count);
      }
    }
  }
}

template <class Simd>
void multiply_int8(const Int8Product& product) {
  if (product.gelu) return multiply_int8<Simd, Tail::gelu>(product);
  if (product.residual) return multiply_int8<Simd, Tail::residual>(product);
  multiply_int8<Simd, Tail::none>(product);
}

}  // namespace
}  // namespace tapewatch::model
