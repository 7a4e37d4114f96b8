#include "model/train/learning_setup.hpp"

#include <cmath>

namespace tapewatch::model::train {

RateOptions rates(const TrainOptions& options) {
  return {.encoder = options.lr_encoder,
          .heads = options.lr_heads,
          .adapters = options.lr_adapters,
          .layer_decay = options.layer_decay,
          .weight_decay = options.weight_decay,
          .l2 = options.l2,
          .freeze_embeddings = options.freeze_embeddings,
          .freeze_layers = options.freeze_layers};
}

LossOptions loss_options(const TrainOptions& options, const RunData& data, const NetworkShape& shape) {
  LossOptions loss{.label_smoothing = options.label_smoothing,
                   .soft_share = options.soft_share,
                   .soft_temperature = options.soft_temperature,
                   .squared_error = options.squared_error};
  if (!options.balanced_classes) return loss;
  for (const auto task : kAllTasks) {
    loss.class_weights[static_cast<std::size_t>(task)] =
        balanced_weights(data.train, task, task == Task::topic ? shape.topics : shape.sentiments);
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
