#include "model/train/learn/losses.hpp"

#include <algorithm>

namespace tapewatch::model::train {
namespace {

/// For every item, 0 if it has no label.
torch::Tensor hard_loss(const torch::Tensor& logits, const torch::Tensor& labels, const torch::Tensor& scores,
                        const torch::Tensor& weights, const LossOptions& options) {
  if (options.squared_error && scores.defined()) {
    const auto probabilities = torch::softmax(logits, 1);
    const auto said = probabilities.select(1, 0) - probabilities.select(1, 2);
    const auto neutral = probabilities.select(1, 1) - (1.0 - scores.abs());
    return ((said - scores).pow(2) + neutral.pow(2)) * labels.ne(kNoLabel).to(torch::kFloat);
  }
  return torch::cross_entropy_loss(logits, labels, weights, at::Reduction::None, kNoLabel, options.label_smoothing);
}

torch::Tensor task_loss(const torch::Tensor& logits, const torch::Tensor& hard, const torch::Tensor& soft,
                        const LossOptions& options) {
  if (!soft.defined()) return hard.sum();
  const double temperature = options.soft_temperature;
  const auto taught = soft.sum(1).gt(0.0).to(torch::kFloat);
  const auto divergence =
      torch::kl_div(torch::log_softmax(logits / temperature, 1), soft, at::Reduction::Sum) * temperature * temperature;
  return (hard * (1.0 - taught * options.soft_share)).sum() + divergence * options.soft_share;
}

}  // namespace

torch::Tensor batch_loss(const Logits& logits, const Batch& batch, const LossOptions& options) {
  const auto task = [&](Task which, const torch::Tensor& scores, const torch::Tensor& labels,
                        const torch::Tensor& targets, const torch::Tensor& soft) {
    const auto& weights = options.class_weights[static_cast<std::size_t>(which)];
    return task_loss(scores, hard_loss(scores, labels, targets, weights, options), soft, options);
  };
  auto loss = task(Task::sentiment, logits.sentiment, batch.sentiment, batch.score, batch.soft.sentiment) +
              task(Task::topic, logits.topic, batch.topic, {}, batch.soft.topic);
  if (logits.entity.defined()) {
    loss = loss + task(Task::entity, logits.entity, batch.entity, batch.entity_score, batch.soft.entity);
  }
  for (const auto one : {Task::event, Task::gravity, Task::entity_event, Task::entity_gravity}) {
    const auto scores = logits.of(one);
    if (scores.defined()) loss = loss + options.risk_share * task(one, scores, batch.labels(one), {}, {});
  }
  return loss / static_cast<double>(batch.input.ids.size(0));
}

torch::Tensor balanced_weights(const std::vector<TrainingText>& texts, Task task, std::int64_t classes) {
  std::vector<double> counts(static_cast<std::size_t>(classes));
  for (const auto& text : texts) {
    const std::size_t items = asks_entities(task) ? text.entities.size() : 1;
    for (std::size_t item = 0; item < items; ++item) {
      const auto label = label_of(text, task, item);
      if (label != kNoLabel) counts[static_cast<std::size_t>(label)] += 1.0;
    }
  }
  double labels = 0.0, occurring = 0.0;
  for (const auto one : counts) {
    labels += one;
    occurring += one > 0.0 ? 1.0 : 0.0;
  }
  auto weights = torch::ones({classes});
  for (std::int64_t c = 0; c < classes; ++c) {
    const auto one = counts[static_cast<std::size_t>(c)];
    if (one > 0.0) weights[c] = labels / (occurring * one);
  }
  return weights;
}

void scale_weights(torch::Tensor& weights, const std::vector<std::string>& classes,
                   const std::vector<std::pair<std::string, double>>& factors) {
  for (const auto& [name, factor] : factors) {
    const auto found = std::ranges::find(classes, name);
    if (found != classes.end()) weights[found - classes.begin()] *= factor;
  }
}

}  // namespace tapewatch::model::train
