#include "model/train/network/adapters.hpp"

#include <algorithm>
#include <stdexcept>

#include "model/train/network/blocks.hpp"
#include "model/train/network/transformer.hpp"

namespace tapewatch::model::train {
namespace {

std::string adapter_name(const std::string& matrix) { return std::string(kAdapterPrefix) + matrix; }

/// The addition itself, [out, in].
torch::Tensor addition(const NamedTensors& tensors, const std::string& adapter, double scale) {
  if (const auto down = tensors.find(adapter + ".down"); down != tensors.end()) {
    return torch::matmul(tensors.at(adapter + ".up"), down->second) * scale;
  }
  const auto scaled = tensors.at(adapter + ".left") * tensors.at(adapter + ".singular");
  return torch::matmul(scaled, tensors.at(adapter + ".right")) * scale;
}

}  // namespace

AdapterKind adapter_kind_named(std::string_view name) {
  if (name == "none") return AdapterKind::none;
  if (name == "lora") return AdapterKind::lora;
  if (name == "adalora") return AdapterKind::adalora;
  throw std::runtime_error("unknown kind of adapter " + std::string(name));
}

NamedTensors new_adapters(const Network& network, const AdapterOptions& options) {
  NamedTensors tensors;
  const auto& shape = network.shape();
  if (shape.architecture == Architecture::lstm) throw std::runtime_error("an LSTM has no matrices for adapters");
  if (options.rank < 1) throw std::runtime_error("the adapters' rank must be at least 1");
  for (std::int64_t layer = 0; layer < shape.layers; ++layer) {
    for (const auto& role : options.matrices) {
      const auto matrix = matrix_name(shape, layer, role);
      const auto& weight = network.tensors().at(matrix + ".weight");
      const auto out = weight.size(0), in = weight.size(1), rank = options.rank;
      const auto name = adapter_name(matrix);
      if (options.kind == AdapterKind::lora) {
        tensors[name + ".down"] = random_matrix({rank, in});
        tensors[name + ".up"] = torch::zeros({out, rank}).requires_grad_(true);
      } else {
        tensors[name + ".left"] = random_matrix({out, rank});
        tensors[name + ".singular"] = torch::zeros({rank}).requires_grad_(true);
        tensors[name + ".right"] = random_matrix({rank, in});
      }
    }
  }
  return tensors;
}

torch::Tensor adapted(const NamedTensors& tensors, const std::string& name, double scale, const torch::Tensor& x) {
  const auto adapter = adapter_name(name);
  if (const auto down = tensors.find(adapter + ".down"); down != tensors.end()) {
    return torch::linear(torch::linear(x, down->second), tensors.at(adapter + ".up")) * scale;
  }
  const auto right = tensors.find(adapter + ".right");
  if (right == tensors.end()) return {};
  const auto small = torch::linear(x, right->second) * tensors.at(adapter + ".singular");
  return torch::linear(small, tensors.at(adapter + ".left")) * scale;
}

NamedTensors merge_adapters(const NamedTensors& tensors, double scale) {
  torch::NoGradGuard no_grad;
  NamedTensors merged;
  for (const auto& [name, tensor] : tensors) {
    if (name.starts_with(kAdapterPrefix)) continue;
    merged[name] = tensor;
    if (!name.ends_with(".weight")) continue;
    const auto adapter = adapter_name(name.substr(0, name.size() - std::string_view(".weight").size()));
    if (tensors.contains(adapter + ".down") || tensors.contains(adapter + ".right")) {
      merged[name] = tensor + addition(tensors, adapter, scale);
    }
  }
  return merged;
}

torch::Tensor orthogonality(const NamedTensors& tensors) {
  torch::Tensor sum;
  double count = 0.0;
  const auto add = [&](const torch::Tensor& square) {
    count += 1.0;
    const auto distance = (square - torch::eye(square.size(0))).pow(2).sum();
    sum = sum.defined() ? sum + distance : distance;
  };
  for (const auto& [name, tensor] : tensors) {
    if (!name.starts_with(kAdapterPrefix)) continue;
    if (name.ends_with(".left")) add(torch::matmul(tensor.t(), tensor));
    if (name.ends_with(".right")) add(torch::matmul(tensor, tensor.t()));
  }
  return count > 0.0 ? sum / count : sum;
}

}  // namespace tapewatch::model::train
