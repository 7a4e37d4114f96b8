// Loads, stores and sums of kernel_templates.hpp.
#pragma once

#define TAPEWATCH_INLINE inline __attribute__((always_inline))  // undefined at the end of kernel_templates.hpp

namespace tapewatch::model {
namespace {

/// A row is read in blocks of this many values, in every kernel set: a sum over a row is this many partial sums, of
/// every 16th value each, added up in one order. So a wider vector does not change a bit.
constexpr std::size_t kLanes = 16;  // NOLINT(misc-definitions-in-headers)

/// Vectors in a block.
template <class Simd>
constexpr std::size_t kParts = kLanes / Simd::kWidth;  // NOLINT(misc-definitions-in-headers)

template <class Simd>
TAPEWATCH_INLINE typename Simd::Vector load(const float* from) {
  typename Simd::Vector value;
  __builtin_memcpy(&value, from, sizeof value);
  return value;
}

template <class Simd>
TAPEWATCH_INLINE void store(float* to, typename Simd::Vector value) {
  __builtin_memcpy(to, &value, sizeof value);
}

template <class Simd>
TAPEWATCH_INLINE typename Simd::Vector fill(float value) {
  return value - typename Simd::Vector{};  // x − 0 is x in every bit, so this is a broadcast, not a sum
}

/// With the set's own instruction (min) if it has one: gcc 12 finds it for some expressions only.
template <class Simd>
TAPEWATCH_INLINE typename Simd::Vector smaller(typename Simd::Vector a, typename Simd::Vector b) {
  if constexpr (requires { Simd::min(a, b); }) return Simd::min(a, b);
  return a < b ? a : b;
}

/// As smaller().
template <class Simd>
TAPEWATCH_INLINE typename Simd::Vector larger(typename Simd::Vector a, typename Simd::Vector b) {
  if constexpr (requires { Simd::max(a, b); }) return Simd::max(a, b);
  return a > b ? a : b;
}

/// One value for each of the kLanes positions of a block.
template <class Simd>
struct Block {
  typename Simd::Vector parts[kParts<Simd>];
};

/// What is left of a row from `begin` on, at most a block.
TAPEWATCH_INLINE std::size_t block_size(std::size_t columns, std::size_t begin) {
  return columns - begin < kLanes ? columns - begin : kLanes;
}

template <class Simd>
TAPEWATCH_INLINE Block<Simd> fill_block(float value) {
  Block<Simd> block;
  for (std::size_t p = 0; p < kParts<Simd>; ++p) block.parts[p] = fill<Simd>(value);
  return block;
}

/// The first `count` values of a block, then `rest`; with the set's own instruction (load_some) if it has one for a
/// vector of a whole block.
template <class Simd>
TAPEWATCH_INLINE Block<Simd> load_block(const float* from, std::size_t count, float rest) {
  Block<Simd> block;
  if (count >= kLanes) {
    for (std::size_t p = 0; p < kParts<Simd>; ++p) block.parts[p] = load<Simd>(from + p * Simd::kWidth);
    return block;
  }
  if constexpr (requires { Simd::load_some(from, count, rest); }) {
    block.parts[0] = Simd::load_some(from, count, rest);
    return block;
  }
  float values[kLanes];
  for (std::size_t i = 0; i < kLanes; ++i) values[i] = i < count ? from[i] : rest;
  for (std::size_t p = 0; p < kParts<Simd>; ++p) block.parts[p] = load<Simd>(values + p * Simd::kWidth);
  return block;
}

/// Stores the first `count` values of a block.
template <class Simd>
TAPEWATCH_INLINE void store_block(float* to, const Block<Simd>& block, std::size_t count) {
  if (count >= kLanes) {
    for (std::size_t p = 0; p < kParts<Simd>; ++p) store<Simd>(to + p * Simd::kWidth, block.parts[p]);
    return;
  }
  if constexpr (requires { Simd::store_some(to, block.parts[0], count); }) {
    Simd::store_some(to, block.parts[0], count);
    return;
  }
  float values[kLanes];
  for (std::size_t p = 0; p < kParts<Simd>; ++p) store<Simd>(values + p * Simd::kWidth, block.parts[p]);
  for (std::size_t i = 0; i < count; ++i) to[i] = values[i];
}

/// A vector's values combined in halves: lane i with i + 4, of these i with i + 2, …; in vectors of half the width
/// each.
template <class Vector, class Combine>
TAPEWATCH_INLINE float fold(Vector v, Combine combine) {
  if constexpr (sizeof v == 64) {
    return fold(combine(__builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7),
                        __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15)),
                combine);
  } else if constexpr (sizeof v == 32) {
    return fold(combine(__builtin_shufflevector(v, v, 0, 1, 2, 3), __builtin_shufflevector(v, v, 4, 5, 6, 7)), combine);
  } else {
    v = combine(v, __builtin_shufflevector(v, v, 2, 3, 0, 1));
    return combine(v, __builtin_shufflevector(v, v, 1, 0, 3, 2))[0];
  }
}

/// The values of a block combined in halves: value i with i + 8, of these i with i + 4, …: the same tree for every
/// width.
template <class Simd, class Combine>
TAPEWATCH_INLINE float fold_block(Block<Simd> block, Combine combine) {
  for (std::size_t half = kParts<Simd> / 2; half > 0; half /= 2) {
    for (std::size_t p = 0; p < half; ++p) block.parts[p] = combine(block.parts[p], block.parts[p + half]);
  }
  return fold(block.parts[0], combine);
}

struct Add {
  template <class T>
  TAPEWATCH_INLINE T operator()(T a, T b) const {
    return a + b;
  }
};

struct Larger {
  template <class T>
  TAPEWATCH_INLINE T operator()(T a, T b) const {
    return a > b ? a : b;
  }
};

struct Smaller {
  template <class T>
  TAPEWATCH_INLINE T operator()(T a, T b) const {
    return a < b ? a : b;
  }
};

}  // namespace
}  // namespace tapewatch::model
