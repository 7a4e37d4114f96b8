#pragma once

#include <cstddef>
#include <span>

#include "model/layers/attention.hpp"
#include "model/layers/transformer_layer.hpp"
#include "model/ops/kernels.hpp"
#include "model/package/aligned_buffer.hpp"

namespace tapewatch::model {

/// What an encoder layer does, in fp32, with the buffers of one thread. A row depends, bit for bit,
/// on itself alone.
class Fp32Steps {
 public:
  /// Texts of at most `max_tokens`.
  Fp32Steps(std::span<const TransformerLayer> layers, const Kernels& kernels, float eps, std::size_t max_tokens,
            std::size_t head_size)
      : layers_(layers), kernels_(&kernels), eps_(eps), attention_(max_tokens, head_size) {}

  std::size_t layers() const { return layers_.size(); }
  std::size_t heads(std::size_t layer) const { return layers_[layer].heads; }
  /// Width of the context: the size of all heads together.
  std::size_t width(std::size_t layer) const { return layers_[layer].attention_output.inputs(); }

  /// states [rows, hidden] → projections [rows, 3 · width].
  void project(std::size_t layer, const float* states, std::size_t rows, float* projections) const;
  /// One text: the first `queries` tokens attend to all, context [queries, width].
  void attend(const Projections& text, std::size_t queries, float* context) {
    attention_.apply(*kernels_, text, queries, context);
  }
  /// The layer's output from its input and what attention made of it: states [rows, hidden] and context [rows, width] →
  /// states.
  void finish(std::size_t layer, const float* context, std::size_t rows, float* states);

 private:
  std::span<const TransformerLayer> layers_;
  const Kernels* kernels_;
  float eps_;
  Attention attention_;
  FloatBuffer attended_;  // [rows, hidden]: after attention and its norm
  FloatBuffer expanded_;  // [rows, some of the inner units]
};

}  // namespace tapewatch::model
