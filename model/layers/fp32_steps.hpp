#pragma once

#include <cstddef>
#include <span>

#include "model/layers/transformer_layer.hpp"
#include "model/ops/kernels.hpp"
#include "model/package/aligned_buffer.hpp"

namespace tapewatch::model {

/// What an encoder layer does besides attention, in fp32, with the buffers of one thread. A row depends, bit for bit,
/// on itself alone.
class Fp32Steps {
 public:
  Fp32Steps(std::span<const TransformerLayer> layers, const Kernels& kernels, float eps)
      : layers_(layers), kernels_(&kernels), eps_(eps) {}

  std::size_t layers() const { return layers_.size(); }
  std::size_t heads(std::size_t layer) const { return layers_[layer].heads; }
  /// Width of the context: the size of all heads together.
  std::size_t width(std::size_t layer) const { return layers_[layer].attention_output.inputs(); }

  /// states [rows, hidden] → projections [rows, 3 · width].
  void project(std::size_t layer, const float* states, std::size_t rows, float* projections) const;
  /// The layer's output from its input and what attention made of it: states [rows, hidden] and context [rows, width] →
  /// states.
  void finish(std::size_t layer, const float* context, std::size_t rows, float* states);

 private:
  std::span<const TransformerLayer> layers_;
  const Kernels* kernels_;
  float eps_;
  FloatBuffer attended_;  // [rows, hidden]: after attention and its norm
  FloatBuffer expanded_;  // [rows, some of the inner units]
};

}  // namespace tapewatch::model
