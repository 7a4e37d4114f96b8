#pragma once
#include "model/train/network/blocks.hpp"

namespace tapewatch::model::train {

/// BERT (Devlin et al. 2018) and MPNet (Song et al. 2020), which differ in the names of their tensors, in MPNet's
/// position ids that begin at 2, its lack of token types, and its bias on attention by relative position, one table for
/// all layers.
void add_transformer(NamedTensors& tensors, const NetworkShape& shape);

/// ids: [rows, tokens] int64, mask: [rows, tokens] float → the last layer's states, [rows, tokens, hidden].
torch::Tensor encode_transformer(const Blocks& blocks, const NetworkShape& shape, const torch::Tensor& ids,
                                 const torch::Tensor& mask);

/// The linear map of layer `layer` for a role: query, key, value, output (of attention), intermediate, ffn. Throws
/// std::runtime_error for another role.
std::string matrix_name(const NetworkShape& shape, std::int64_t layer, std::string_view role);

/// T5's buckets (Raffel et al. 2020, 2.1) for every pair of places: [tokens, tokens] int64, the row's place seen from
/// the column's. Half of the buckets for each direction, half of those exact, the rest logarithmic up to distance 128.
torch::Tensor relative_position_buckets(std::int64_t tokens, std::int64_t buckets);

}  // namespace tapewatch::model::train
