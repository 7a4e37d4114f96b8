#pragma once
#include <torch/torch.h>

#include <cstdint>
#include <map>
#include <string>

namespace tapewatch::model::train {

struct NetworkShape {
  std::int64_t hidden_size = 384;
  std::int64_t layers = 6;
  std::int64_t heads = 12;
  std::int64_t intermediate_size = 1536;
  std::int64_t max_position = 512;
  std::int64_t vocab_size = 30522;
  std::int64_t token_types = 2;
  double layer_norm_eps = 1e-12;
  std::int64_t sentiments = 3;
  std::int64_t topics = 20;
};

/// Tensors by their published BERT names; the same names are the keys of checkpoints and of model.safetensors.
using NamedTensors = std::map<std::string, torch::Tensor>;

/// A BERT encoder (Devlin et al. 2018) with one linear head a task, kept as a plain map of named tensors so that
/// loading, optimising, checkpointing and exporting all speak of the same thing.
class Network {
 public:
  /// All weights random, N(0, 0.02); norms at one and zero.
  Network(NetworkShape shape, bool mean_pooling, double dropout);

  struct Logits {
    torch::Tensor sentiment;  // [rows, sentiments]
    torch::Tensor topic;      // [rows, topics]
  };
  /// ids: [rows, tokens] int64, padded with anything; mask: [rows, tokens] float, 1 for a token, 0 for padding.
  Logits forward(const torch::Tensor& ids, const torch::Tensor& mask, bool training) const;

  const NetworkShape& shape() const { return shape_; }
  bool mean_pooling() const { return mean_pooling_; }
  const NamedTensors& tensors() const { return tensors_; }
  /// Copies values into the existing tensors; throws std::runtime_error naming what is unknown or of another shape.
  void load(const NamedTensors& values);

 private:
  const torch::Tensor& at(const std::string& name) const;
  torch::Tensor linear(const std::string& name, const torch::Tensor& x) const;
  torch::Tensor layer_norm(const std::string& name, const torch::Tensor& x) const;
  torch::Tensor attention(const std::string& name, const torch::Tensor& x, const torch::Tensor& bias,
                          bool training) const;

  NetworkShape shape_;
  bool mean_pooling_;
  double dropout_;
  NamedTensors tensors_;
};

}  // namespace tapewatch::model::train
