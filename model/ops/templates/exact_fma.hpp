// a·b + c rounded once, for a set whose instructions have no fused multiply-add.
#pragma once

#include "model/ops/templates/vectors.hpp"

namespace tapewatch::model {
namespace {

/// In double precision the product of two floats is exact; the sum is rounded to odd, so that rounding it once more, to
/// a float, rounds as if it were the first time (Boldo & Melquiond 2008). `Simd` gives Vector, DoubleVector and
/// LongVector of as many lanes. Results beyond a float are infinite, as with the instruction.
template <class Simd>
TAPEWATCH_INLINE typename Simd::Vector exact_fma(typename Simd::Vector a, typename Simd::Vector b,
                                                 typename Simd::Vector c) {
  using Doubles = typename Simd::DoubleVector;
  using Longs = typename Simd::LongVector;
  const Doubles product = __builtin_convertvector(a, Doubles) * __builtin_convertvector(b, Doubles);
  const Doubles addend = __builtin_convertvector(c, Doubles);
  const Doubles sum = product + addend;
  const Doubles back = sum - product;
  const Doubles lost = (product - (sum - back)) + (addend - back);  // exact (Møller 1965, Knuth's two-sum)
  const Doubles direction = sum * lost;                             // > 0: the exact sum is further from 0 than `sum`
  Longs bits = (Longs)sum;
  const Longs even = (bits & 1) - 1;
  // A comparison is −1 where true: an inexact even sum moves by one unit towards the exact one, and so becomes odd.
  bits += even & ((direction < 0) - (direction > 0));
  return __builtin_convertvector((Doubles)bits, typename Simd::Vector);
}

}  // namespace
}  // namespace tapewatch::model
