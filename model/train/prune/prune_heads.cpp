// Tested by tests/train/prune/prune_test.cpp
#include "model/train/prune/prune_heads.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <numeric>
#include <string_view>

#include "model/package/model_error.hpp"

namespace tapewatch::model::train {
namespace {

/// The sizes that matter here, from config.json.
struct Heads {
  explicit Heads(const PrunableModel& model) {
    const auto hidden = model.config.at("hidden_size").to_number<std::size_t>();
    const auto layers = model.config.at("layers").to_number<std::size_t>();
    const auto& heads = model.config.at("heads");
    if (heads.is_array()) {
      size = model.config.at("head_size").to_number<std::size_t>();
      for (const auto& count : heads.get_array()) of_layer.push_back(count.to_number<std::size_t>());
    } else {
      size = hidden / heads.to_number<std::size_t>();
      of_layer.assign(layers, heads.to_number<std::size_t>());
    }
  }

  std::size_t size = 0;
  std::vector<std::size_t> of_layer;
};

std::string output_weight(std::size_t layer) {
  return fmt::format("encoder.layer.{}.attention.output.dense.weight", layer);
}

/// Sets the head's contribution to zero: its columns of the output matrix.
void silence(PrunableTensor& output, std::size_t head, std::size_t size) {
  for (std::size_t row = 0; row < output.shape[0]; ++row) {
    const auto begin = output.values.begin() + static_cast<std::ptrdiff_t>(row * output.shape[1] + head * size);
    std::fill_n(begin, size, 0.0F);
  }
}

std::vector<std::size_t> best_first(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return values[a] > values[b]; });
  return order;
}

}  // namespace

HeadValues head_importance(PrunableModel& model, const std::function<double(const ModelPackage&)>& loss) {
  const Heads heads(model);
  const double whole = loss(*model.load());
  HeadValues importance(heads.of_layer.size());
  for (std::size_t layer = 0; layer < importance.size(); ++layer) {
    auto& output = model.tensor(output_weight(layer));
    for (std::size_t head = 0; head < heads.of_layer[layer]; ++head) {
      const auto kept = output.values;
      silence(output, head, heads.size);
      importance[layer].push_back(loss(*model.load()) - whole);
      output.values = kept;
    }
  }
  return importance;
}

KeptHeads choose_heads(const HeadValues& importance, std::size_t count) {
  if (count == 0) throw ModelError("--heads: expected at least 1, found 0");
  KeptHeads kept;
  for (const auto& layer : importance) {
    auto order = best_first(layer);
    order.resize(std::min(count, order.size()));
    std::sort(order.begin(), order.end());
    kept.push_back(std::move(order));
  }
  return kept;
}

KeptHeads choose_heads_overall(const HeadValues& importance, double share) {
  if (!(share > 0) || share > 1) throw ModelError(fmt::format("--head-share: expected above 0 to 1, found {}", share));
  struct Place {
    std::size_t layer, head;
  };
  std::vector<Place> places;
  KeptHeads kept(importance.size());
  std::size_t all = 0;
  for (std::size_t layer = 0; layer < importance.size(); ++layer) {
    const auto order = best_first(importance[layer]);
    all += order.size();
    kept[layer].push_back(order[0]);
    for (std::size_t i = 1; i < order.size(); ++i) places.push_back({layer, order[i]});
  }
  const auto value = [&](const Place& place) { return importance[place.layer][place.head]; };
  std::stable_sort(places.begin(), places.end(), [&](const auto& a, const auto& b) { return value(a) > value(b); });
  const auto wanted = static_cast<std::size_t>(std::ceil(share * static_cast<double>(all)));
  for (std::size_t i = 0; i < places.size() && i + kept.size() < wanted; ++i) {
    kept[places[i].layer].push_back(places[i].head);
  }
  for (auto& layer : kept) std::sort(layer.begin(), layer.end());
  return kept;
}

void keep_heads(PrunableModel& model, const KeptHeads& kept) {
  const Heads heads(model);
  boost::json::array counts;
  for (std::size_t layer = 0; layer < kept.size(); ++layer) {
    std::vector<std::size_t> units;
    for (const auto head : kept[layer]) {
      for (std::size_t i = 0; i < heads.size; ++i) units.push_back(head * heads.size + i);
    }
    const auto prefix = fmt::format("encoder.layer.{}.attention.self.", layer);
    for (const char* part : {"query", "key", "value"}) {
      model.tensor(prefix + part + ".weight").keep_rows(units);
      model.tensor(prefix + part + ".bias").keep_rows(units);
    }
    model.tensor(output_weight(layer)).keep_columns(units);
    counts.push_back(kept[layer].size());
  }
  model.config["heads"] = std::move(counts);
  model.config["head_size"] = heads.size;
}

}  // namespace tapewatch::model::train
