#pragma once
#include <functional>
#include <string>

#include "model/train/train_options.hpp"
#include "model/train/validation.hpp"

namespace tapewatch::model::train {

struct TrainResult {
  bool finished = false;          // false: stopped by stop_after
  std::int64_t best_epoch = -1;   // from 0; -1: none was validated
  std::vector<SourceScore> best;  // of the exported (fp16) weights
  NamedTensors tensors;           // the last step's weights, fp32
};

/// Fine-tunes the encoder on both tasks at once. Each validated epoch that is the best so far is exported to
/// options.out. Deterministic for one thread; a run that was stopped and resumed gives the same bits as one that was
/// not. `log` gets one line at a time, without a line end. Throws std::runtime_error.
TrainResult train(const TrainOptions& options, const std::function<void(const std::string&)>& log);

}  // namespace tapewatch::model::train
