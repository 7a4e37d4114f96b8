#pragma once

#include <cstddef>
#include <cstdint>

#include "model/layers/attention.hpp"
#include "model/ops/int8_weights.hpp"
#include "model/ops/kernels.hpp"
#include "model/package/aligned_buffer.hpp"

namespace tapewatch::model {

/// As Attention, both products in 8-bit integers: a head's queries and keys are quantised token by token, its values
/// dimension by dimension over the text, the weights row by row. Nothing of it depends on other texts. Buffers for one
/// text at a time; one object per thread.
class Int8Attention {
 public:
  /// The first `queries` tokens attend to all tokens of the text: context [queries, width].
  void apply(const Kernels& kernels, const Projections& text, std::size_t queries, float* context);

 private:
  /// A matrix made anew for every head.
  class Matrix {
   public:
    /// Room for [depth, outputs].
    Int8Packing reserve(const Kernels& kernels, std::size_t depth, std::size_t outputs);
    Int8Matrix view(std::size_t outputs) const;

   private:
    AlignedBuffer<std::byte> data_;
    AlignedBuffer<float> scales_, bias_;
    AlignedBuffer<std::int32_t> sums_;
  };

  Matrix keys_, values_;
  Int8Buffer queries_, weights_;
  FloatBuffer scores_;  // [queries, tokens rounded up to panels]
};

}  // namespace tapewatch::model
