#pragma once
#include <initializer_list>
#include <string>

#include "model/train/network/network.hpp"

namespace tapewatch::model::train {

/// Building blocks of a network, read from its tensors by name.
struct Blocks {
  const NamedTensors& tensors;
  double dropout_rate = 0.0;
  bool training = false;
  double adapter_scale = 0.0;  // 0: no adapters

  const torch::Tensor& at(const std::string& name) const { return tensors.at(name); }
  /// x: [.., in] → [.., out]
  torch::Tensor linear(const std::string& name, const torch::Tensor& x) const;
  torch::Tensor norm(const std::string& name, const torch::Tensor& x, double epsilon) const;
  torch::Tensor dropout(const torch::Tensor& x) const;
};

torch::Tensor random_matrix(std::initializer_list<std::int64_t> size);  // N(0, 0.02): BERT's initializer_range
void add_linear(NamedTensors& tensors, const std::string& name, std::int64_t out, std::int64_t in);
void add_norm(NamedTensors& tensors, const std::string& name, std::int64_t size);

}  // namespace tapewatch::model::train
