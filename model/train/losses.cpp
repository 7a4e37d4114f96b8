#include "model/train/losses.hpp"

namespace tapewatch::model::train {
namespace {

torch::Tensor task_loss(const torch::Tensor& logits, const torch::Tensor& labels, const torch::Tensor& soft,
                        const LossOptions& options) {
  const auto hard =
      torch::cross_entropy_loss(logits, labels, {}, at::Reduction::None, kNoLabel, options.label_smoothing);
  if (!soft.defined()) return hard.sum();
  const double temperature = options.soft_temperature;
  const auto taught = soft.sum(1).gt(0.0).to(torch::kFloat);
  const auto divergence =
      torch::kl_div(torch::log_softmax(logits / temperature, 1), soft, at::Reduction::Sum) * temperature * temperature;
  return (hard * (1.0 - taught * options.soft_share)).sum() + divergence * options.soft_share;
}

}  // namespace

torch::Tensor batch_loss(const Logits& logits, const Batch& batch, const LossOptions& options) {
  auto loss = task_loss(logits.sentiment, batch.sentiment, batch.soft.sentiment, options) +
              task_loss(logits.topic, batch.topic, batch.soft.topic, options);
  if (logits.entity.defined()) loss = loss + task_loss(logits.entity, batch.entity, batch.soft.entity, options);
  return loss / static_cast<double>(batch.input.ids.size(0));
}

}  // namespace tapewatch::model::train
