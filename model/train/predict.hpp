#pragma once
#include <functional>
#include <string>

#include "model/train/train_options.hpp"

namespace tapewatch::model::train {

/// Writes what the model directory options.encoder says of every training text to `path`, as soft labels
/// (soft_labels.hpp). Goes on where an earlier, interrupted call for the same model stopped. Memory is bounded by the
/// texts; options.stop_after batches at most, where not 0. Throws std::runtime_error.
void predict_soft_labels(const TrainOptions& options, const std::string& path,
                         const std::function<void(const std::string&)>& log);

}  // namespace tapewatch::model::train
