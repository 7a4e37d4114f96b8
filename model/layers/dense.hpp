#pragma once

#include <cstddef>
#include <span>

#include "model/ops/kernels.hpp"
#include "model/ops/packed_matrix.hpp"
#include "model/package/aligned_buffer.hpp"

namespace tapewatch::model {

/// y = W·x + b; the weights packed for the kernels.
class Dense {
 public:
  Dense() = default;
  /// [outputs, inputs], initially unset.
  Dense(std::size_t inputs, std::size_t outputs);

  /// Sets outputs [first, first + bias.size()): `weight` [bias.size(), inputs], row-major.
  void set(std::span<const float> weight, std::span<const float> bias, std::size_t first = 0);

  std::size_t inputs() const { return weight_.depth(); }
  std::size_t outputs() const { return weight_.columns(); }

  /// x [rows, inputs] with x_stride floats per row → y [rows, outputs], dense.
  void apply(const Kernels& kernels, const float* x, std::size_t x_stride, std::size_t rows, float* y) const;

  /// Only outputs [first, first + count), first a multiple of kPanel: x [rows, inputs] → y [rows, count], both dense.
  void apply_outputs(const Kernels& kernels, const float* x, std::size_t rows, std::size_t first, std::size_t count,
                     float* y) const;
  /// Adds to y [rows, outputs] the contribution of inputs [first, first + count), x [rows, count], both dense; the
  /// first call (first = 0) sets y. All of them in order equal apply(), bit for bit.
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
