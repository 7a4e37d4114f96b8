#pragma once

#include <cstddef>
#include <span>

#include "model/ops/kernels.hpp"
#include "model/ops/packed_matrix.hpp"
#include "model/package/float_buffer.hpp"

namespace tapewatch::model {

/// y = W·x + b; the weights packed for the kernels.
class Dense {
 public:
  Dense() = default;
  /// [outputs, inputs], all yet to be set.
  Dense(std::size_t inputs, std::size_t outputs);

  /// Sets outputs [first, first + bias.size()): `weight` [bias.size(), inputs], row-major.
  void set(std::span<const float> weight, std::span<const float> bias, std::size_t first = 0);

  std::size_t inputs() const { return weight_.depth(); }
  std::size_t outputs() const { return weight_.columns(); }

  /// x [rows, inputs] with x_stride floats a row → y [rows, outputs], dense.
  void apply(const Kernels& kernels, const float* x, std::size_t x_stride, std::size_t rows, float* y) const;

  /// Outputs [first, first + count) alone, first a multiple of kPanel: x [rows, inputs] → y [rows, count], both dense.
  void apply_outputs(const Kernels& kernels, const float* x, std::size_t rows, std::size_t first, std::size_t count,
                     float* y) const;
  /// Adds to y [rows, outputs] what inputs [first, first + count) give, x [rows, count], both dense; the first ones
  /// (first = 0) set y. All of them in order are apply(), to the bit.
  void add_inputs(const Kernels& kernels, const float* x, std::size_t rows, std::size_t first, std::size_t count,
                  float* y) const;

 private:
  PackedMatrix weight_;
  FloatBuffer bias_;
};

/// The two vectors of a layer normalisation.
struct LayerNorm {
  FloatBuffer gamma, beta;

  /// x [rows, size] becomes the normalisation of x + residual (null: of x).
  void apply(const Kernels& kernels, float* x, const float* residual, std::size_t rows, float eps) const;
};

}  // namespace tapewatch::model
