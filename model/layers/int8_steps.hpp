#pragma once

#include <cstddef>
#include <span>

#include "model/layers/int8_attention.hpp"
#include "model/layers/int8_layer.hpp"
#include "model/ops/int8_weights.hpp"
#include "model/ops/kernels.hpp"
#include "model/package/aligned_buffer.hpp"

namespace tapewatch::model {

/// What an encoder layer does, its matrix products in 8-bit integers, with the buffers of one thread. As Fp32Steps.
class Int8Steps {
 public:
  Int8Steps(std::span<const Int8Layer> layers, const Kernels& kernels, float eps)
      : layers_(layers), kernels_(&kernels), eps_(eps) {}

  std::size_t layers() const { return layers_.size(); }
  std::size_t heads(std::size_t layer) const { return layers_[layer].heads; }
  std::size_t width(std::size_t layer) const { return layers_[layer].attention_output.inputs(); }

  void project(std::size_t layer, const float* states, std::size_t rows, float* projections);
  void attend(const Projections& text, std::size_t queries, float* context) {
    attention_.apply(*kernels_, text, queries, context);
  }
  void finish(std::size_t layer, const float* context, std::size_t rows, float* states);

 private:
  void feed_forward(const Int8Layer& layer, std::size_t rows, const float* attended, float* states);

  std::span<const Int8Layer> layers_;
  const Kernels* kernels_;
  float eps_;
  Int8Attention attention_;
  Int8Buffer inputs_;     // of the product at hand
  FloatBuffer attended_;  // [rows, hidden]: after attention and its norm
  FloatBuffer expanded_;  // [some rows, inner units]
};

}  // namespace tapewatch::model
