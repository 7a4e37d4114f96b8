#pragma once
#include <functional>
#include <string>

#include "model/train/train_options.hpp"

namespace tapewatch::model::train {

/// Writes the predictions of the model directory options.encoder for every training text to `path`, as soft labels
/// (soft_labels.hpp). Resumes after an interrupted call for the same model. Memory is bounded by the texts; at most
/// options.stop_after batches, if not 0. Throws std::runtime_error.
void predict_soft_labels(const TrainOptions& options, const std::string& path,
                         const std::function<void(const std::string&)>& log);

}  // namespace tapewatch::model::train
