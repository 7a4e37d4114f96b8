#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "model/classifier.hpp"
#include "model/labelled_data.hpp"

namespace tapewatch {

/// What `eval` asks of a model.
struct EvalTask {
  enum class Target { sentiment, topic, entity };
  Target target = Target::sentiment;
  std::vector<std::string> classes;  // ids, in the order of the probabilities
};

/// `name`: sentiment, topic, or entity. Throws LabelledDataError where the model has no such classes.
EvalTask make_task(const model::ModelPackage& package, const std::string& name);

/// What the model says to the task; towards an entity a model without an entity head says what it says of the text.
std::span<const float> probabilities_of(const model::Prediction& prediction, const EvalTask& task);

/// A labelled file as a model scored it; the vectors have one element a row.
struct LabelledScores {
  std::vector<model::LabelledText> rows;
  std::vector<std::size_t> truth;         // index of the class
  std::vector<model::Mentions> mentions;  // where the row's entity is named; empty for other tasks
  std::vector<model::Prediction> predictions;

  std::span<const float> probabilities(std::size_t row, const EvalTask& task) const {
    return probabilities_of(predictions[row], task);
  }
};

/// Reads `file`, keeps the rows of `sources` (none: all) and scores them on all cores. Throws LabelledDataError.
LabelledScores score_labelled(const std::string& file, const std::vector<std::string>& sources,
                              const std::shared_ptr<const model::ModelPackage>& package, const EvalTask& task,
                              const model::Prior& prior);

}  // namespace tapewatch
