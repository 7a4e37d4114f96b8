#pragma once

#include <cstddef>
#include <span>

#include "model/ops/kernels.hpp"
#include "model/package/aligned_buffer.hpp"

namespace tapewatch::model {

/// One text's projections: row i of `projections` is [query | key | value] of its token i, each `width` floats: the
/// size of all heads together, which is the hidden size if none was pruned.
struct Projections {
  const float* data = nullptr;
  std::size_t tokens = 0, width = 0, heads = 0;
  std::size_t stride() const { return 3 * width; }
  std::size_t head_size() const { return width / heads; }
};

/// Multi-head scaled dot-product attention within one text (Vaswani et al. 2017): for each head softmax(Q·Kᵀ /
/// √head_size)·V. Buffers for one text at a time; one object per thread.
class Attention {
 public:
  /// Room for texts of up to `max_tokens`.
  Attention(std::size_t max_tokens, std::size_t head_size);

  /// The first `queries` tokens attend to all tokens of the text: context [queries, width].
  void apply(const Kernels& kernels, const Projections& text, std::size_t queries, float* context);

 private:
  PanelView pack_keys(const Kernels& kernels, const Projections& text, std::size_t head);
  PanelView pack_values(const Projections& text, std::size_t head);

  FloatBuffer keys_;     // Kᵀ in panels: columns are tokens
  FloatBuffer values_;   // V in panels: columns are the head's dimensions, where these do not fill panels
  FloatBuffer weights_;  // [queries, tokens rounded up]
};

}  // namespace tapewatch::model
