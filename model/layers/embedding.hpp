#pragma once

#include <cstddef>

#include "model/layers/dense.hpp"
#include "model/layers/word_table.hpp"
#include "model/package/aligned_buffer.hpp"
#include "model/text/batch.hpp"

namespace tapewatch::model {

/// A token's first state: layer norm of the sum of the vectors of its word, its position and the single token type.
struct Embedding {
  WordTable words;        // [vocabulary, hidden]
  FloatBuffer positions;  // [max_position, hidden], token type 0 added
  LayerNorm norm;

  /// out [batch.tokens(), hidden]; ids and lengths within the tables.
  void apply(const Kernels& kernels, const Batch& batch, float eps, float* out) const;
};

}  // namespace tapewatch::model
