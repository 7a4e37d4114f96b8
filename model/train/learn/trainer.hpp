#pragma once
#include <functional>
#include <string>

#include "model/train/learn/validation.hpp"
#include "model/train/report/progress_bar.hpp"
#include "model/train/train_options.hpp"

namespace tapewatch::model::train {

/// The output of a run.
struct RunOutput {
  std::function<void(const std::string&)> line;          // one line, without its end
  std::function<void(const RunState&)> state = nullptr;  // after every step; may be empty
};

struct TrainResult {
  bool finished = false;          // false: stopped by stop_after
  std::int64_t best_epoch = -1;   // from 0; -1: none was validated
  std::vector<SourceScore> best;  // of the exported (fp16) weights; empty if this process validated no epoch
  NamedTensors tensors;           // the last step's weights, fp32, including adapters
};

/// Trains on all tasks at once. Each validated epoch that is the best so far is exported to options.out, where curves
/// and report are written too. Deterministic for one thread; a stopped and resumed run gives the same bits as an
/// uninterrupted one. Throws std::runtime_error.
TrainResult train(const TrainOptions& options, const RunOutput& output);

}  // namespace tapewatch::model::train
