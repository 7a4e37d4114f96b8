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

template <class Simd>
TAPEWATCH_INLINE typename Simd::Vector smaller(typename Simd::Vector a, typename Simd::Vector b) {
  return a < b ? a : b;
}

template <class Simd>
TAPEWATCH_INLINE typename Simd::Vector larger(typename Simd::Vector a, typename Simd::Vector b) {
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

template <std::size_t kHalf>
constexpr int partner(int lane) {
  return lane ^ static_cast<int>(kHalf);
}

/// A vector with lane i where lane i ± kHalf was, in halves of pairs of kHalf lanes.
template <std::size_t kHalf, class Vector>
TAPEWATCH_INLINE Vector exchange(Vector v) {
  constexpr auto kAt = partner<kHalf>;
  if constexpr (sizeof v == 64) {
    return __builtin_shufflevector(v, v, kAt(0), kAt(1), kAt(2), kAt(3), kAt(4), kAt(5), kAt(6), kAt(7), kAt(8), kAt(9),
                                   kAt(10), kAt(11), kAt(12), kAt(13), kAt(14), kAt(15));
  } else if constexpr (sizeof v == 32) {
    return __builtin_shufflevector(v, v, kAt(0), kAt(1), kAt(2), kAt(3), kAt(4), kAt(5), kAt(6), kAt(7));
  } else {
    return __builtin_shufflevector(v, v, kAt(0), kAt(1), kAt(2), kAt(3));
  }
}

/// The values of a block combined in halves: value i with i + 8, of these i with i + 4, …: the same tree for every
/// width.
template <class Simd, class Combine>
TAPEWATCH_INLINE float fold_block(Block<Simd> block, Combine combine) {
  for (std::size_t half = kParts<Simd> / 2; half > 0; half /= 2) {
    for (std::size_t p = 0; p < half; ++p) block.parts[p] = combine(block.parts[p], block.parts[p + half]);
  }
  auto v = block.parts[0];
  if constexpr (Simd::kWidth >= 16) v = combine(v, exchange<8>(v));
  if constexpr (Simd::kWidth >= 8) v = combine(v, exchange<4>(v));
  v = combine(v, exchange<2>(v));
  v = combine(v, exchange<1>(v));
  return v[0];
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
