#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "model/classifier.hpp"
#include "model/evaluation/labelled_task.hpp"

namespace tapewatch {

/// A labelled file as scored by a model; the vectors have one element per row.
struct LabelledScores {
  std::vector<model::LabelledText> rows;
  std::vector<std::size_t> truth;         // index of the class
  std::vector<model::Mentions> mentions;  // mentions of the row's entity; empty for other tasks
  std::vector<model::Prediction> predictions;

  std::span<const float> probabilities(std::size_t row, const model::LabelledTask& task) const {
    return model::probabilities_of(predictions[row], task);
  }
};

/// Reads `file`, keeps the rows of `sources` (none: all) and scores them on all cores. Throws LabelledDataError.
LabelledScores score_labelled(const std::string& file, const std::vector<std::string>& sources,
                              const std::shared_ptr<const model::ModelPackage>& package,
                              const model::LabelledTask& task, const model::Prior& prior);

}  // namespace tapewatch
