// Tested by tests/train/prune/prune_test.cpp
#include "model/train/prune/prune_layers.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/json.hpp>

#include "model/package/model_error.hpp"

namespace tapewatch::model::train {

std::vector<std::size_t> choose_layers(std::size_t layers, std::size_t count, bool even) {
  if (count < 1 || count > layers) {
    throw ModelError(fmt::format("--layers: expected 1 to {}, found {}", layers, count));
  }
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < count; ++i) kept.push_back(even ? (i + 1) * layers / count - 1 : i);
  return kept;
}

void keep_layers(PrunableModel& model, const std::vector<std::size_t>& kept) {
  const auto layers = model.config.at("layers").to_number<std::size_t>();
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (kept[i] >= layers || (i > 0 && kept[i] <= kept[i - 1])) {
      throw ModelError(
          fmt::format("--keep-layers: expected ascending numbers from 0 to {}, found {}", layers - 1, kept));
    }
  }
  if (kept.empty()) throw ModelError("--keep-layers: expected at least one layer, found none");
  model.tensors = with_layers(model.tensors, kept);
  model.config["layers"] = kept.size();
  if (auto* heads = model.config.if_contains("heads"); heads && heads->is_array()) {  // one number per layer
    boost::json::array left;
    for (const auto layer : kept) left.push_back(heads->get_array().at(layer));
    *heads = std::move(left);
  }
}

}  // namespace tapewatch::model::train
