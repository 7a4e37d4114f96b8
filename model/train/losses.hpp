#pragma once
#include "model/train/batches.hpp"

namespace tapewatch::model::train {

struct LossOptions {
  double label_smoothing = 0.0;
  double soft_share = 0.7;        // α: of the teachers' part where a label and a teacher speak
  double soft_temperature = 2.0;  // T: the one that the soft labels were made at
};

/// The batch's loss, summed over its tasks and divided by its rows. A task's loss for one item is, with label y, logits
/// z and the teachers' probabilities p at temperature T: CE(z, y) without teacher, else (1 − α) CE(z, y) + α T² KL(p ‖
/// softmax(z / T)) (Hinton et al. 2015); an item without label has the second part alone.
torch::Tensor batch_loss(const Logits& logits, const Batch& batch, const LossOptions& options);

}  // namespace tapewatch::model::train
