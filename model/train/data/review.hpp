#pragma once
#include <string>
#include <vector>

#include "model/calibration.hpp"
#include "model/evaluation/reliability.hpp"
#include "model/train/learn/validation.hpp"

namespace tapewatch::model::train {

/// An item that the network got wrong.
struct Mistake {
  std::string text, entity, source;  // entity "": the text as a whole
  std::string truth, predicted;
  double confidence = 0.0;  // in what it predicted
};

/// How calibrated probabilities hold on the rows of one source.
struct SourceCalibration {
  std::string source;
  double error = 0.0;  // expected_error
};

/// How one task went on the validation rows of the sources trained on; all sources where none of these is there.
struct TaskReview {
  Task task = Task::sentiment;
  std::vector<std::string> classes;
  Calibration calibration;                           // that the model is given
  std::vector<std::vector<std::int64_t>> confusion;  // [true][predicted]
  std::vector<ReliabilityBin> bins;                  // none: no row
  double calibration_error = 0.0;                    // over these bins
  std::vector<SourceCalibration> sources;            // every source, trained on or not
  std::vector<Mistake> worst;                        // the most confident ones first
};

/// A temperature that the model is given lies within these, however few or odd the validation rows are.
inline constexpr float kLowestTemperature = 0.25F, kHighestTemperature = 4.0F;

/// Probabilities are cross-fitted in five folds (model/evaluation/calibration_fit.hpp): no row speaks for the
/// calibration that it is measured with. Rows of other sources get that of the whole. A bias for each class beside it
/// was tried on the validation rows of the built-in model and left out: see README.md.
TaskReview review_task(const ScoredRows& scored, const std::vector<TrainingText>& texts, Task task,
                       const std::vector<std::string>& classes, const std::vector<std::string>& sources);

/// The review's entry for a source; nullptr where it has none.
const SourceCalibration* calibration_of(const std::vector<TaskReview>& reviews, Task task, const std::string& source);

}  // namespace tapewatch::model::train
