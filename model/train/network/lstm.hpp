#pragma once
#include "model/train/network/blocks.hpp"

namespace tapewatch::model::train {

/// A bidirectional LSTM (Hochreiter & Schmidhuber 1997; Graves & Schmidhuber 2005) of shape.layers layers over a word
/// table, half of the hidden size per direction, trained from scratch: the baseline for the Transformer. Its text
/// vector is an attention pooling (Yang et al. 2016, 2.2): weights softmax(vᵀ tanh(W x + b)) over the tokens.
void add_lstm(NamedTensors& tensors, const NetworkShape& shape);

/// ids: [rows, tokens] int64, mask: [rows, tokens] float → states, [rows, tokens, hidden], zeros at the padding, which
/// neither direction reads.
torch::Tensor encode_lstm(const Blocks& blocks, const NetworkShape& shape, const torch::Tensor& ids,
                          const torch::Tensor& mask);

/// states: [rows, tokens, hidden] → [rows, hidden].
torch::Tensor attention_pooling(const Blocks& blocks, const torch::Tensor& states, const torch::Tensor& mask);

}  // namespace tapewatch::model::train
