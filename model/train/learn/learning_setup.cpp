// Tested by tests/train/learn/trainer_test.cpp
#include "model/train/learn/learning_setup.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace tapewatch::model::train {
namespace {

void check_class_weights(const TrainOptions& options, const RunData& data) {
  std::vector<std::string> known;
  for (const auto task : {Task::sentiment, Task::topic, Task::event, Task::gravity}) {
    if (data.events.empty() && (task == Task::event || task == Task::gravity)) continue;
    for (auto& name : class_names(task, data)) known.push_back(std::move(name));
  }
  for (const auto& [name, weight] : options.class_weights) {
    if (std::ranges::count(known, name) > 0) continue;
    throw std::runtime_error(
        fmt::format("--class-weight {}: no such class; expected one of {}", name, fmt::join(known, ", ")));
  }
}

}  // namespace

RateOptions rates(const TrainOptions& options) {
  return {.encoder = options.lr_encoder,
          .heads = options.lr_heads,
          .adapters = options.lr_adapters,
          .layer_decay = options.layer_decay,
          .weight_decay = options.weight_decay,
          .l2 = options.l2,
          .freeze_embeddings = options.freeze_embeddings,
          .freeze_layers = options.freeze_layers,
          .only_risk_heads = options.only_risk_heads};
}

LossOptions loss_options(const TrainOptions& options, const RunData& data, const NetworkShape& shape) {
  LossOptions loss{.label_smoothing = options.label_smoothing,
                   .soft_share = options.soft_share,
                   .soft_temperature = options.soft_temperature,
                   .squared_error = options.squared_error,
                   .risk_share = options.risk_share};
  check_class_weights(options, data);
  if (!options.balanced_classes && options.class_weights.empty()) return loss;
  for (const auto task : kAllTasks) {
    const auto names = class_names(task, data);
    const auto classes = task == Task::topic ? shape.topics : static_cast<std::int64_t>(names.size());
    auto weights = options.balanced_classes ? balanced_weights(data.train, task, classes) : torch::ones({classes});
    scale_weights(weights, names, options.class_weights);
    loss.class_weights[static_cast<std::size_t>(task)] = weights;
  }
  return loss;
}

RankBudget rank_budget(const TrainOptions& options, double steps, std::size_t adapters) {
  return {.last = std::round(options.target_rank * static_cast<double>(adapters)),
          .steps = steps,
          .warmup = std::floor(options.rank_warmup * steps),
          .finish = std::floor(options.rank_finish * steps),
          .every = options.rank_every};
}

}  // namespace tapewatch::model::train
