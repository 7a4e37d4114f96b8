#pragma once
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "model/train/data/batches.hpp"

namespace tapewatch::model::train {

struct LossOptions {
  double label_smoothing = 0.0;
  double soft_share = 0.7;                               // α: the teachers' share if a text has both
  double soft_temperature = 2.0;                         // T: the temperature of the soft labels
  bool squared_error = false;                            // for sentiments, instead of cross entropy
  double risk_share = 1.0;                               // weight of events and gravities beside the other tasks
  std::array<torch::Tensor, kTasks> class_weights = {};  // by Task, [classes]; not defined: all 1
};

/// The batch's loss, summed over its tasks and divided by its rows. A task's loss for one item is, with label y, logits
/// z and the teachers' probabilities p at temperature T: hard(z, y) without a teacher, else (1 − α) hard(z, y) + α T²
/// KL(p ‖ softmax(z / T)) (Hinton et al. 2015); an item without a label has only the second part. hard is the cross
/// entropy, weighted by class and with smoothed labels, or the squared error of the score s: (P(positive) − P(negative)
/// − s)² + (P(neutral) − (1 − |s|))², whose second part separates a neutral text from one both good and bad.
torch::Tensor batch_loss(const Logits& logits, const Batch& batch, const LossOptions& options);

/// Weights that make every occurring class count equally: labels / (classes that occur · labels of the class); 1 for a
/// class that does not occur.
torch::Tensor balanced_weights(const std::vector<TrainingText>& texts, Task task, std::int64_t classes);

/// Multiplies the weights of the classes that `factors` names. Classes not among `classes` belong to another
/// task.
void scale_weights(torch::Tensor& weights, const std::vector<std::string>& classes,
                   const std::vector<std::pair<std::string, double>>& factors);

}  // namespace tapewatch::model::train
