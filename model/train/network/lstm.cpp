#include "model/train/network/lstm.hpp"

#include <fmt/format.h>

#include <cmath>
#include <vector>

namespace tapewatch::model::train {
namespace {

constexpr double kMasked = 1e9;
constexpr std::int64_t kGates = 4;

/// The tensors of one layer and direction, in the order that torch::lstm needs.
std::vector<std::string> cell_names(std::int64_t layer, bool backward) {
  std::vector<std::string> names;
  for (const char* part : {"weight_ih", "weight_hh", "bias_ih", "bias_hh"}) {
    names.push_back(fmt::format("encoder.layer.{}.{}.{}", layer, backward ? "backward" : "forward", part));
  }
  return names;
}

torch::Tensor uniform_tensor(std::initializer_list<std::int64_t> size, double limit) {
  return (torch::rand(size) * (2.0 * limit) - limit).requires_grad_(true);
}

}  // namespace

void add_lstm(NamedTensors& tensors, const NetworkShape& shape) {
  const auto hidden = shape.hidden_size, half = hidden / 2;
  tensors["embeddings.word_embeddings.weight"] = uniform_tensor({shape.vocab_size, hidden}, 0.1);
  const double limit = 1.0 / std::sqrt(static_cast<double>(half));  // libtorch's default initialisation
  for (std::int64_t layer = 0; layer < shape.layers; ++layer) {
    for (const bool backward : {false, true}) {
      const auto names = cell_names(layer, backward);
      tensors[names[0]] = uniform_tensor({kGates * half, hidden}, limit);
      tensors[names[1]] = uniform_tensor({kGates * half, half}, limit);
      tensors[names[2]] = uniform_tensor({kGates * half}, limit);
      tensors[names[3]] = uniform_tensor({kGates * half}, limit);
    }
  }
  add_linear(tensors, "encoder.pooling.dense", hidden, hidden);
  add_linear(tensors, "encoder.pooling.score", 1, hidden);
}

torch::Tensor encode_lstm(const Blocks& blocks, const NetworkShape& shape, const torch::Tensor& ids,
                          const torch::Tensor& mask) {
  const auto half = shape.hidden_size / 2, rows = ids.size(0);
  std::vector<torch::Tensor> parameters;
  for (std::int64_t layer = 0; layer < shape.layers; ++layer) {
    for (const bool backward : {false, true}) {
      for (const auto& name : cell_names(layer, backward)) parameters.push_back(blocks.at(name));
    }
  }
  // Packed by falling length, so that the backward direction begins at each text's own end.
  const auto [lengths, order] = mask.sum(1).to(torch::kLong).sort(true, 0, true);
  const auto x = blocks.dropout(torch::embedding(blocks.at("embeddings.word_embeddings.weight"), ids));
  const auto [data, sizes] = torch::_pack_padded_sequence(x.index_select(0, order), lengths, true);
  const auto zeros = torch::zeros({2 * shape.layers, rows, half});
  const auto output = std::get<0>(torch::lstm(data, sizes, {zeros, zeros}, parameters, true, shape.layers,
                                              blocks.dropout_rate, blocks.training, true));
  const auto padded = std::get<0>(torch::_pad_packed_sequence(output, sizes, true, 0.0, ids.size(1)));
  return blocks.dropout(padded.index_select(0, order.argsort()));
}

torch::Tensor attention_pooling(const Blocks& blocks, const torch::Tensor& states, const torch::Tensor& mask) {
  const auto scores =
      blocks.linear("encoder.pooling.score", torch::tanh(blocks.linear("encoder.pooling.dense", states)));
  const auto weights = torch::softmax(scores.squeeze(2) + (mask - 1.0) * kMasked, 1);
  return torch::matmul(weights.unsqueeze(1), states).squeeze(1);
}

}  // namespace tapewatch::model::train
