#pragma once
#include <string>
#include <utility>
#include <vector>

#include "model/train/data/batches.hpp"
#include "model/train/report/progress_bar.hpp"

namespace tapewatch::model::train {

/// The progress of a run. All numbers, so that it can be stored as one tensor.
struct Progress {
  double epoch = 0;        // running epoch, from 0
  double step = 0;         // steps done in it
  double global_step = 0;  // steps done in total
  double best_score = -1;  // of the best validated epoch
  double best_epoch = -1;
  double seconds = 0;  // of computing, over all resumptions
  /// Since the start of the epoch:
  double loss_sum = 0, rows = 0;
  double right[kTasks] = {}, labelled[kTasks] = {};  // by Task
};

/// Records one step's batch: its mean loss and the network's output. Throws std::runtime_error if the loss is no longer
/// finite.
void count(Progress& progress, const Logits& logits, const Batch& batch, double loss);

/// The plan of a run.
struct RunLength {
  std::int64_t epochs = 0, steps = 0;  // steps: of an epoch
};
/// Loss, accuracies and the time left, for people.
RunState run_state(const Progress& progress, const RunLength& length);

/// The same for the learning curves: "train/loss", "train/<task>/accuracy".
std::vector<std::pair<std::string, double>> training_values(const Progress& progress);

}  // namespace tapewatch::model::train
