#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "model/ops/kernels.hpp"
#include "model/package/aligned_buffer.hpp"

namespace tapewatch::model {

/// Weights as 8-bit integers with a scale for each output: w ≈ scale · q, q in −127…127.
struct QuantisedWeights {
  std::vector<std::int8_t> values;  // [outputs, inputs], row-major
  std::vector<float> scales;        // [outputs]
};

/// Each row of `weight` [rows, inputs] by its largest magnitude, appended to `to`.
void append_quantised(std::span<const float> weight, std::size_t inputs, QuantisedWeights& to);

/// Weights and bias of a dense layer, packed once for one kernel set.
class Int8Weights {
 public:
  Int8Weights() = default;
  /// `weights` [bias.size(), inputs].
  Int8Weights(const Kernels& kernels, const QuantisedWeights& weights, std::span<const float> bias, std::size_t inputs);

  Int8Matrix view() const;
  std::size_t inputs() const { return inputs_; }
  std::size_t outputs() const { return outputs_; }

 private:
  AlignedBuffer<std::byte> packed_;
  AlignedBuffer<float> scales_, bias_;
  AlignedBuffer<std::int32_t> sums_;
  std::size_t inputs_ = 0, outputs_ = 0;
};

/// Memory for quantised rows of one thread; grows, never shrinks.
class Int8Buffer {
 public:
  /// Memory for rows of `columns` numbers; valid until the next call.
  Int8Rows reserve(const Kernels& kernels, std::size_t rows, std::size_t columns);
  /// Quantises x [rows, columns], `x_stride` floats from row to row; valid until the next call.
  Int8Rows quantise(const Kernels& kernels, const float* x, std::size_t x_stride, std::size_t rows,
                    std::size_t columns);

 private:
  AlignedBuffer<std::byte> data_;
  AlignedBuffer<float> scales_;
  AlignedBuffer<std::int32_t> zeros_;
};

}  // namespace tapewatch::model
