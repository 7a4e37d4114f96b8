#pragma once
#include <string>
#include <vector>

#include "model/calibration.hpp"
#include "model/evaluation/reliability.hpp"
#include "model/train/learn/validation.hpp"

namespace tapewatch::model::train {

/// An item that the network predicted wrongly.
struct Mistake {
  std::string text, entity, source;  // entity "": the text as a whole
  std::string truth, predicted;
  double confidence = 0.0;  // in what it predicted
};

/// The quality of calibrated probabilities on the rows of one source.
struct SourceCalibration {
  std::string source;
  double error = 0.0;  // expected_error
};

/// The results of one task on the validation rows of the sources trained on; of all sources if none of these occurs.
struct TaskReview {
  Task task = Task::sentiment;
  std::vector<std::string> classes;
  Calibration calibration;                           // given to the model
  std::vector<std::vector<std::int64_t>> confusion;  // [true][predicted]
  std::vector<ReliabilityBin> bins;                  // none: no rows
  double calibration_error = 0.0;                    // over these bins
  std::vector<SourceCalibration> sources;            // every source, trained on or not
  std::vector<Mistake> worst;                        // the most confident ones first
};

/// The model's temperature stays within these limits, however few or unusual the validation rows are.
inline constexpr float kLowestTemperature = 0.25F, kHighestTemperature = 4.0F;

/// Probabilities are cross-fitted in five folds (model/evaluation/calibration_fit.hpp): no row takes part in the
/// calibration it is measured with. Rows of other sources get the overall calibration. An additional bias for each
/// class was tried on the validation rows of the built-in model and left out: see README.md.
TaskReview review_task(const ScoredRows& scored, const std::vector<TrainingText>& texts, Task task,
                       const std::vector<std::string>& classes, const std::vector<std::string>& sources);

/// The review's entry for a source; nullptr if it has none.
const SourceCalibration* calibration_of(const std::vector<TaskReview>& reviews, Task task, const std::string& source);

}  // namespace tapewatch::model::train
