#include "model/train/network/trained_tensors.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "model/train/network/adapters.hpp"

namespace tapewatch::model::train {
namespace {

/// The tensor's layer; -1 for the embeddings and what the layers share. Pooling learns at the rate of the last layer.
std::int64_t layer_of(const std::string& name, const NetworkShape& shape) {
  constexpr std::string_view kPrefix = "encoder.layer.";
  if (name.starts_with("encoder.pooling.")) return shape.layers - 1;
  return name.starts_with(kPrefix) ? std::atoll(name.c_str() + kPrefix.size()) : -1;
}

bool is_adapter(const std::string& name) { return name.starts_with(kAdapterPrefix); }

bool is_frozen(const std::string& name, const NetworkShape& shape, const RateOptions& rates, bool adapters) {
  if (rates.only_risk_heads) return !name.starts_with("heads.risk.") && !name.starts_with("heads.entity_risk.");
  if (name.starts_with("heads.") || is_adapter(name)) return false;
  if (adapters) return true;
  if (rates.freeze_layers > 0 && layer_of(name, shape) < rates.freeze_layers) return true;
  return rates.freeze_embeddings && name == "embeddings.word_embeddings.weight";
}

}  // namespace

std::vector<Trained> trained_tensors(const Network& network, const RateOptions& rates) {
  std::vector<Trained> trained;
  const bool adapters = std::ranges::any_of(network.tensors(), [](const auto& item) { return is_adapter(item.first); });
  for (const auto& [name, tensor] : network.tensors()) {
    if (is_frozen(name, network.shape(), rates, adapters)) {
      auto frozen = tensor;
      frozen.requires_grad_(false);
      continue;
    }
    const auto below_top = static_cast<double>(network.shape().layers - 1 - layer_of(name, network.shape()));
    const bool decays = tensor.dim() == 2 && name.find("LayerNorm") == std::string::npos && !is_adapter(name);
    const double rate = name.starts_with("heads.") ? rates.heads
                        : is_adapter(name)         ? rates.adapters
                                                   : rates.encoder * std::pow(rates.layer_decay, below_top);
    trained.push_back({.name = name,
                       .tensor = tensor,
                       .rate = rate,
                       .weight_decay = decays ? rates.weight_decay : 0.0,
                       .l2 = decays ? rates.l2 : 0.0});
  }
  return trained;
}

}  // namespace tapewatch::model::train
