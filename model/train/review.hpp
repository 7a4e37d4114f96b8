#pragma once
#include <string>
#include <vector>

#include "model/train/svg_charts.hpp"
#include "model/train/validation.hpp"

namespace tapewatch::model::train {

/// An item that the network got wrong.
struct Mistake {
  std::string text, entity, source;  // entity "": the text as a whole
  std::string truth, predicted;
  double confidence = 0.0;  // in what it predicted
};

/// How one task went on the validation rows of the sources trained on; all sources where none of these is there.
struct TaskReview {
  Task task = Task::sentiment;
  std::vector<std::string> classes;
  std::vector<std::vector<std::int64_t>> confusion;  // [true][predicted]
  std::vector<ReliabilityBin> bins;                  // ten of equal mass by confidence
  double calibration_error = 0.0;                    // expected, over these bins
  std::vector<Mistake> worst;                        // the most confident ones first
};

/// Confidences are those of a network whose temperature is fitted on the other four fifths of the rows (cross-fitting
/// in five folds), so that no row speaks for the temperature that it is measured with.
TaskReview review_task(const ScoredRows& scored, const std::vector<TrainingText>& texts, Task task,
                       const std::vector<std::string>& classes, const std::vector<std::string>& sources);

}  // namespace tapewatch::model::train
