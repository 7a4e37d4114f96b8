#include "model/train/network.hpp"

#include <fmt/format.h>

#include <cmath>
#include <stdexcept>

namespace tapewatch::model::train {
namespace {

constexpr double kInitialSpread = 0.02;  // BERT's initializer_range

torch::Tensor random_matrix(std::initializer_list<std::int64_t> size) {
  return (torch::randn(size) * kInitialSpread).requires_grad_(true);
}

void add_linear(NamedTensors& tensors, const std::string& name, std::int64_t out, std::int64_t in) {
  tensors[name + ".weight"] = random_matrix({out, in});
  tensors[name + ".bias"] = torch::zeros({out}).requires_grad_(true);
}

void add_norm(NamedTensors& tensors, const std::string& name, std::int64_t size) {
  tensors[name + ".weight"] = torch::ones({size}).requires_grad_(true);
  tensors[name + ".bias"] = torch::zeros({size}).requires_grad_(true);
}

std::string layer_name(std::int64_t layer) { return fmt::format("encoder.layer.{}", layer); }

}  // namespace

Network::Network(NetworkShape shape, bool mean_pooling, double dropout)
    : shape_(shape), mean_pooling_(mean_pooling), dropout_(dropout) {
  const auto hidden = shape_.hidden_size;
  tensors_["embeddings.word_embeddings.weight"] = random_matrix({shape_.vocab_size, hidden});
  tensors_["embeddings.position_embeddings.weight"] = random_matrix({shape_.max_position, hidden});
  tensors_["embeddings.token_type_embeddings.weight"] = random_matrix({shape_.token_types, hidden});
  add_norm(tensors_, "embeddings.LayerNorm", hidden);
  for (std::int64_t layer = 0; layer < shape_.layers; ++layer) {
    const auto name = layer_name(layer);
    for (const char* part : {".attention.self.query", ".attention.self.key", ".attention.self.value"}) {
      add_linear(tensors_, name + part, hidden, hidden);
    }
    add_linear(tensors_, name + ".attention.output.dense", hidden, hidden);
    add_norm(tensors_, name + ".attention.output.LayerNorm", hidden);
    add_linear(tensors_, name + ".intermediate.dense", shape_.intermediate_size, hidden);
    add_linear(tensors_, name + ".output.dense", hidden, shape_.intermediate_size);
    add_norm(tensors_, name + ".output.LayerNorm", hidden);
  }
  add_linear(tensors_, "heads.sentiment", shape_.sentiments, hidden);
  add_linear(tensors_, "heads.topic", shape_.topics, hidden);
}

const torch::Tensor& Network::at(const std::string& name) const { return tensors_.at(name); }

void Network::load(const NamedTensors& values) {
  torch::NoGradGuard no_grad;
  for (const auto& [name, value] : values) {
    const auto found = tensors_.find(name);
    if (found == tensors_.end()) throw std::runtime_error("tensor " + name + " is not part of this network");
    if (found->second.sizes() != value.sizes()) throw std::runtime_error("tensor " + name + " has another shape");
    found->second.copy_(value);
  }
}

torch::Tensor Network::linear(const std::string& name, const torch::Tensor& x) const {
  return torch::linear(x, at(name + ".weight"), at(name + ".bias"));
}

torch::Tensor Network::layer_norm(const std::string& name, const torch::Tensor& x) const {
  return torch::layer_norm(x, {shape_.hidden_size}, at(name + ".weight"), at(name + ".bias"), shape_.layer_norm_eps);
}

/// Multi-head scaled dot-product attention, Vaswani et al. 2017, 3.2. x: [rows * tokens, hidden].
torch::Tensor Network::attention(const std::string& name, const torch::Tensor& x, const torch::Tensor& bias,
                                 bool training) const {
  const auto rows = bias.size(0), tokens = bias.size(3);
  const auto width = shape_.hidden_size / shape_.heads;
  const auto split = [&](const char* part) {
    return linear(name + part, x).view({rows, tokens, shape_.heads, width}).transpose(1, 2);
  };
  const auto query = split(".self.query") * (1.0 / std::sqrt(static_cast<double>(width)));
  const auto scores = torch::matmul(query, split(".self.key").transpose(2, 3)) + bias;
  const auto weights = torch::dropout(torch::softmax(scores, -1), dropout_, training);
  const auto mixed =
      torch::matmul(weights, split(".self.value")).transpose(1, 2).reshape({rows * tokens, shape_.hidden_size});
  return torch::dropout(linear(name + ".output.dense", mixed), dropout_, training);
}

Network::Logits Network::forward(const torch::Tensor& ids, const torch::Tensor& mask, bool training) const {
  const auto rows = ids.size(0), tokens = ids.size(1), hidden = shape_.hidden_size;
  auto x = torch::embedding(at("embeddings.word_embeddings.weight"), ids) +
           at("embeddings.position_embeddings.weight").slice(0, 0, tokens) +
           at("embeddings.token_type_embeddings.weight").select(0, 0);
  x = torch::dropout(layer_norm("embeddings.LayerNorm", x), dropout_, training).view({rows * tokens, hidden});
  const auto bias = ((mask - 1.0) * 1e9).view({rows, 1, 1, tokens});
  for (std::int64_t layer = 0; layer < shape_.layers; ++layer) {
    const auto name = layer_name(layer);
    x = layer_norm(name + ".attention.output.LayerNorm", x + attention(name + ".attention", x, bias, training));
    const auto wide = torch::gelu(linear(name + ".intermediate.dense", x));
    x = layer_norm(name + ".output.LayerNorm",
                   x + torch::dropout(linear(name + ".output.dense", wide), dropout_, training));
  }
  x = x.view({rows, tokens, hidden});
  auto pooled = mean_pooling_ ? (x * mask.unsqueeze(2)).sum(1) / mask.sum(1, true) : x.select(1, 0);
  pooled = torch::dropout(pooled, dropout_, training);
  return {linear("heads.sentiment", pooled), linear("heads.topic", pooled)};
}

}  // namespace tapewatch::model::train
