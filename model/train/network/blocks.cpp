// Tested by tests/train/reference_test.cpp
#include "model/train/network/blocks.hpp"

#include "model/train/network/adapters.hpp"

namespace tapewatch::model::train {
namespace {

constexpr double kInitialSpread = 0.02;

}  // namespace

torch::Tensor Blocks::linear(const std::string& name, const torch::Tensor& x) const {
  const auto out = torch::linear(x, at(name + ".weight"), at(name + ".bias"));
  if (adapter_scale == 0.0) return out;
  const auto addition = adapted(tensors, name, adapter_scale, x);
  return addition.defined() ? out + addition : out;
}

torch::Tensor Blocks::norm(const std::string& name, const torch::Tensor& x, double epsilon) const {
  return torch::layer_norm(x, {x.size(-1)}, at(name + ".weight"), at(name + ".bias"), epsilon);
}

torch::Tensor Blocks::dropout(const torch::Tensor& x) const { return torch::dropout(x, dropout_rate, training); }

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

}  // namespace tapewatch::model::train
