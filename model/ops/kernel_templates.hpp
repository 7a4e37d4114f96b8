// The loops behind Kernels, written once over a vector type. Included by one kernels_<set>.cpp each, after its `#pragma
// GCC target`, inside its own unnamed namespace: code compiled for one instruction set must never be merged with code
// compiled for another. So only templates/ is included here, and nothing from the standard library.
//
// `Simd` gives: kWidth (floats in a vector, at most kLanes), kTileRows and kTilePanels (the fp32 tile that fits in the
// registers), Vector, IntVector, fma(a, b, c) = a·b + c rounded once, and Int8 (templates/int8_product.hpp). All sets
// give the same bits: each float operation is written here, in one order, and the compiler fuses none
// (-ffp-contract=off).
#pragma once

#include "model/ops/templates/elementwise.hpp"
#include "model/ops/templates/exact_fma.hpp"
#include "model/ops/templates/float_product.hpp"
#include "model/ops/templates/int8_attention.hpp"
#include "model/ops/templates/int8_product.hpp"
#include "model/ops/templates/rowwise.hpp"
#include "model/ops/templates/transpose.hpp"
#include "model/ops/templates/vectors.hpp"

namespace tapewatch::model {
namespace {

template <class Simd>
constexpr Kernels make_kernels(std::string_view name) {
  return {name,
          &multiply<Simd>,
          &pack_rows<Simd>,
          &softmax<Simd>,
          &add_layer_norm<Simd>,
          &gelu<Simd>,
          {&int8_row_bytes<Simd>, &quantise<Simd>, Simd::Int8::kPanel, &int8_matrix_bytes<Simd>, &pack_int8<Simd>,
           &multiply_int8<Simd>, &pack_keys<Simd>, &pack_values<Simd>, &int8_softmax<Simd>}};
}

}  // namespace
}  // namespace tapewatch::model

#undef TAPEWATCH_INLINE
