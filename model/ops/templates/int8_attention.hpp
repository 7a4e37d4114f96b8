// What attention in 8-bit integers needs besides products (int8_product.hpp): keys and values as matrices, weights as
// rows. What is rounded is written once for all sets, in one order; the layout is the set's.
#pragma once

#include "model/ops/templates/int8_product.hpp"
#include "model/ops/templates/vectors.hpp"

namespace tapewatch::model {
namespace {

constexpr float kLargestWeight = 127.0F;

template <class Simd>
TAPEWATCH_INLINE typename Simd::Vector magnitude(typename Simd::Vector x) {
  return larger<Simd>(x, -x);
}

/// What a magnitude of at most `largest` is multiplied with to be an integer up to 127; 0 where that would overflow.
TAPEWATCH_INLINE float inverse_scale(float largest) {
  constexpr float kSmallest = 1e-30F;
  return largest > kSmallest ? kLargestWeight / largest : 0.0F;
}

/// Where element (k, column) of a packed matrix stands; a group's elements follow it.
template <class Simd>
TAPEWATCH_INLINE std::size_t packed_at(std::size_t groups, std::size_t group, std::size_t column) {
  constexpr std::size_t kPanel = Simd::Int8::kPanel, kGroup = Simd::Int8::kGroup;
  return ((column / kPanel * groups + group) * kPanel + column % kPanel) * kGroup;
}

/// A key is a column: its groups lie a panel's width apart.
template <class Simd>
void pack_keys(const FloatRows& keys, const Int8Packing& to) {
  constexpr std::size_t kGroup = Simd::Int8::kGroup;
  const std::size_t size = keys.columns, groups = up(size, kGroup) / kGroup;
  auto* out = reinterpret_cast<std::int8_t*>(to.data);
  for (std::size_t token = 0; token < keys.rows; ++token) {
    const float* key = keys.data + token * keys.stride;
    Block<Simd> tops = fill_block<Simd>(0.0F), sums = tops;
    for (std::size_t i = 0; i < size; i += kLanes) {
      const auto block = load_block<Simd>(key + i, block_size(size, i), 0.0F);
      for (std::size_t p = 0; p < kParts<Simd>; ++p) {
        tops.parts[p] = larger<Simd>(tops.parts[p], magnitude<Simd>(block.parts[p]));
      }
    }
    const float largest = fold_block<Simd>(tops, Larger()), inverse = inverse_scale(largest);
    for (std::size_t i = 0; i < size; i += kLanes) {
      const auto block = load_block<Simd>(key + i, block_size(size, i), 0.0F);
      std::int8_t bytes[kLanes];
      for (std::size_t p = 0; p < kParts<Simd>; ++p) {
        const auto rounded = Simd::fma(block.parts[p], fill<Simd>(inverse), fill<Simd>(kRoundToInteger));
        sums.parts[p] += rounded - kRoundToInteger;  // integers: exact in any order
        const auto narrow = __builtin_convertvector(integers_of<Simd>(rounded), typename Simd::Int8::WeightVector);
        __builtin_memcpy(bytes + p * Simd::kWidth, &narrow, sizeof narrow);
      }
      const std::size_t left = groups - i / kGroup, count = left < kLanes / kGroup ? left : kLanes / kGroup;
      std::int8_t* group = out + packed_at<Simd>(groups, i / kGroup, token);
      for (std::size_t g = 0; g < count; ++g) {
        __builtin_memcpy(group + g * Simd::Int8::kPanel * kGroup, bytes + g * kGroup, kGroup);
      }
    }
    to.scales[token] = inverse > 0 ? largest / kLargestWeight : 0.0F;
    to.sums[token] = static_cast<std::int32_t>(fold_block<Simd>(sums, Add()));
  }
}

/// Stores the low bytes of each lane: a column's elements of one group.
template <class Simd>
TAPEWATCH_INLINE void store_group(std::int8_t* to, typename Simd::IntVector lanes) {
  const auto narrow = __builtin_convertvector(lanes, typename Simd::Int8::GroupVector);
  __builtin_memcpy(to, &narrow, sizeof narrow);
}

/// kLanes columns from `column` on.
template <class Simd>
TAPEWATCH_INLINE void pack_value_columns(const FloatRows& values, std::size_t column, const Int8Packing& to) {
  constexpr std::size_t kGroup = Simd::Int8::kGroup;
  const std::size_t count = block_size(values.columns, column), groups = up(values.rows, kGroup) / kGroup;
  const float* from = values.data + column;
  Block<Simd> tops = fill_block<Simd>(0.0F);
  for (std::size_t token = 0; token < values.rows; ++token) {
    const auto block = load_block<Simd>(from + token * values.stride, count, 0.0F);
    for (std::size_t p = 0; p < kParts<Simd>; ++p) {
      tops.parts[p] = larger<Simd>(tops.parts[p], magnitude<Simd>(block.parts[p]));
    }
  }
  float scales[kLanes], inverses[kLanes];
  for (std::size_t p = 0; p < kParts<Simd>; ++p) store<Simd>(scales + p * Simd::kWidth, tops.parts[p]);
  for (std::size_t i = 0; i < kLanes; ++i) {
    inverses[i] = inverse_scale(scales[i]);
    scales[i] = inverses[i] > 0 ? scales[i] / kLargestWeight : 0.0F;
  }
  __builtin_memcpy(to.scales + column, scales, count * sizeof(float));
  auto* out = reinterpret_cast<std::int8_t*>(to.data);
  for (std::size_t group = 0; group < groups; ++group) {
    typename Simd::IntVector lanes[kParts<Simd>] = {};
    for (std::size_t k = 0; k < kGroup && group * kGroup + k < values.rows; ++k) {
      const auto block = load_block<Simd>(from + (group * kGroup + k) * values.stride, count, 0.0F);
      for (std::size_t p = 0; p < kParts<Simd>; ++p) {
        const auto factor = load<Simd>(inverses + p * Simd::kWidth);
        const auto rounded = Simd::fma(block.parts[p], factor, fill<Simd>(kRoundToInteger));
        lanes[p] |= (integers_of<Simd>(rounded) & 255) << static_cast<int>(8 * k);
      }
    }
    for (std::size_t p = 0; p < kParts<Simd> && p * Simd::kWidth < count; ++p) {
      store_group<Simd>(out + packed_at<Simd>(groups, group, column + p * Simd::kWidth), lanes[p]);
    }
  }
}

template <class Simd>
void pack_values(const FloatRows& values, const Int8Packing& to) {
  for (std::size_t column = 0; column < values.columns; column += kLanes) pack_value_columns<Simd>(values, column, to);
}

/// 255 · 2ˣ to 0.03, for x of at most 0; 0 below −30. A cubic on [−½, ½] that is exact at 0, of least largest relative
/// error.
template <class Simd>
TAPEWATCH_INLINE typename Simd::Vector weight_of(typename Simd::Vector x) {
  x = larger<Simd>(x, fill<Simd>(-30.0F));
  const auto shifted = x + kRoundToInteger;  // its low bits are the integer
  const auto f = x - (shifted - kRoundToInteger);
  auto p = Simd::fma(f, fill<Simd>(255 * 0.055008866F), fill<Simd>(255 * 0.24221097F));
  p = Simd::fma(p, f, fill<Simd>(255 * 0.69328296F));
  p = Simd::fma(p, f, fill<Simd>(255.0F));
  return (typename Simd::Vector)((typename Simd::IntVector)p + ((typename Simd::IntVector)shifted << 23));
}

/// kRows rows at once, each for itself: one alone waits for its own sums most of the time.
template <class Simd, std::size_t kRows>
TAPEWATCH_INLINE void int8_softmax_rows(const FloatRows& scores, std::size_t first, float scale, const Int8Rows& out) {
  constexpr float kLeast = -1e30F;  // of lanes behind the row's end: no weight
  Block<Simd> sums[kRows];
  float maxima[kRows];
  for (std::size_t r = 0; r < kRows; ++r) {
    const float* row = scores.data + (first + r) * scores.stride;
    Block<Simd> tops = fill_block<Simd>(kLeast);
    for (std::size_t i = 0; i < scores.columns; i += kLanes) {
      const auto block = load_block<Simd>(row + i, block_size(scores.columns, i), kLeast);
      for (std::size_t p = 0; p < kParts<Simd>; ++p) tops.parts[p] = larger<Simd>(tops.parts[p], block.parts[p]);
    }
    maxima[r] = fold_block<Simd>(tops, Larger());
    sums[r] = fill_block<Simd>(0.0F);
  }
  const auto factor = fill<Simd>(scale * 1.44269504F);
  for (std::size_t i = 0; i < scores.columns; i += kLanes) {
    for (std::size_t r = 0; r < kRows; ++r) {
      const float* row = scores.data + (first + r) * scores.stride;
      auto* to = reinterpret_cast<typename Simd::Int8::Activation*>(out.data + (first + r) * out.stride);
      const auto block = load_block<Simd>(row + i, block_size(scores.columns, i), kLeast);
      for (std::size_t p = 0; p < kParts<Simd>; ++p) {
        const auto weights = weight_of<Simd>((block.parts[p] - maxima[r]) * factor);
        const auto rounded = weights + kRoundToInteger;
        sums[r].parts[p] += rounded - kRoundToInteger;  // integers: exact in any order
        const auto narrow = __builtin_convertvector(integers_of<Simd>(rounded), typename Simd::Int8::ActivationVector);
        __builtin_memcpy(to + i + p * Simd::kWidth, &narrow, sizeof narrow);
      }
    }
  }
  for (std::size_t r = 0; r < kRows; ++r) {
    out.scales[first + r] = 1.0F / fold_block<Simd>(sums[r], Add());
    out.zeros[first + r] = 0;
  }
}

template <class Simd>
void int8_softmax(const FloatRows& scores, float scale, const Int8Rows& out) {
  constexpr std::size_t kTogether = 4;
  std::size_t row = 0;
  for (; row + kTogether <= scores.rows; row += kTogether) int8_softmax_rows<Simd, kTogether>(scores, row, scale, out);
  for (; row < scores.rows; ++row) int8_softmax_rows<Simd, 1>(scores, row, scale, out);
}

}  // namespace
}  // namespace tapewatch::model
