#include "model/train/trained_tensors.hpp"

#include <cmath>
#include <cstdlib>

namespace tapewatch::model::train {
namespace {

/// The tensor's layer; -1 for the embeddings and what the layers share.
std::int64_t layer_of(const std::string& name) {
  constexpr std::string_view kPrefix = "encoder.layer.";
  return name.starts_with(kPrefix) ? std::atoll(name.c_str() + kPrefix.size()) : -1;
}

bool is_frozen(const std::string& name, const RateOptions& rates) {
  if (name.starts_with("heads.")) return false;
  if (rates.freeze_layers > 0 && layer_of(name) < rates.freeze_layers) return true;
  return rates.freeze_embeddings && name == "embeddings.word_embeddings.weight";
}

}  // namespace

std::vector<Trained> trained_tensors(const Network& network, const RateOptions& rates) {
  std::vector<Trained> trained;
  for (const auto& [name, tensor] : network.tensors()) {
    if (is_frozen(name, rates)) {
      auto frozen = tensor;
      frozen.requires_grad_(false);
      continue;
    }
    const auto below_top = static_cast<double>(network.shape().layers - 1 - layer_of(name));
    const bool decays = tensor.dim() == 2 && name.find("LayerNorm") == std::string::npos;
    trained.push_back(
        {.name = name,
         .tensor = tensor,
         .rate = name.starts_with("heads.") ? rates.heads : rates.encoder * std::pow(rates.layer_decay, below_top),
         .weight_decay = decays ? rates.weight_decay : 0.0});
  }
  return trained;
}

}  // namespace tapewatch::model::train
