#pragma once

#include "model/layers/dense.hpp"
#include "model/ops/int8_weights.hpp"

namespace tapewatch::model {

/// The weights of one encoder layer in 8-bit integers; the rest of TransformerLayer.
struct Int8Layer {
  std::size_t heads = 0;
  Int8Weights query_key_value;   // hidden → 3 · (heads · head size)
  Int8Weights attention_output;  // heads · head size → hidden
  LayerNorm attention_norm;
  Int8Weights intermediate;  // hidden → intermediate, then GELU
  Int8Weights output;        // intermediate → hidden
  LayerNorm output_norm;
};

}  // namespace tapewatch::model
