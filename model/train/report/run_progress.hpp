#pragma once
#include <string>
#include <utility>
#include <vector>

#include "model/train/data/batches.hpp"
#include "model/train/report/progress_bar.hpp"

namespace tapewatch::model::train {

/// Where a run stands. All numbers, so that it travels as one tensor.
struct Progress {
  double epoch = 0;        // running epoch, from 0
  double step = 0;         // steps done in it
  double global_step = 0;  // steps done in all
  double best_score = -1;  // of the best validated epoch
  double best_epoch = -1;
  double seconds = 0;  // of computing, over all resumptions
  /// Since the epoch's beginning:
  double loss_sum = 0, rows = 0;
  double right[kTasks] = {}, labelled[kTasks] = {};  // by Task
};

/// Takes one step's batch in: its mean loss and what the network said of it. Throws std::runtime_error where the loss
/// is no longer finite.
void count(Progress& progress, const Logits& logits, const Batch& batch, double loss);

/// What a run will do.
struct RunLength {
  std::int64_t epochs = 0, steps = 0;  // steps: of an epoch
};
/// Loss, accuracies and the time left, for people.
RunState run_state(const Progress& progress, const RunLength& length);

/// The same for the learning curves: "train/loss", "train/<task>/accuracy".
std::vector<std::pair<std::string, double>> training_values(const Progress& progress);

}  // namespace tapewatch::model::train
