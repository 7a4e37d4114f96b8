#pragma once

#include "model/layers/dense.hpp"

namespace tapewatch::model {

/// The weights of one encoder layer, post-norm as in BERT.
struct TransformerLayer {
  std::size_t heads = 0;
  Dense query_key_value;   // hidden → 3 · (heads · head size)
  Dense attention_output;  // heads · head size → hidden
  LayerNorm attention_norm;
  Dense intermediate;  // hidden → intermediate, then GELU
  Dense output;        // intermediate → hidden
  LayerNorm output_norm;
};

}  // namespace tapewatch::model
