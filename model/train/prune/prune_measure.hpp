#pragma once
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "model/classifier.hpp"
#include "model/evaluation/labelled_task.hpp"

namespace tapewatch::model::train {

/// The rows of one validation file, as the model's classes.
struct ValidationSet {
  std::string name;  // of the task: sentiment, topic or entity
  LabelledTask task;
  struct Row {
    std::string text, source;
    Mentions mentions;  // of the entity asked about
    std::size_t truth = 0;
  };
  std::vector<Row> rows;

  /// Reads `label`, `text`, optional `source`, for `entity` also `entity`. Throws LabelledDataError, or ModelError if
  /// the model has no such head.
  static ValidationSet read(const std::string& name, const std::string& file, const ModelPackage& package);
  /// At most `count` rows, evenly spread over all.
  ValidationSet sample(std::size_t count) const;
};

/// One line of the report.
struct Accuracy {
  std::string task, source;  // "" : all sources
  std::size_t rows = 0;
  double accuracy = 0, macro_f1 = 0, loss = 0;
};

/// Every set in total and by source, with `threads` classifiers; the result does not depend on their number.
std::vector<Accuracy> measure(const ModelPackage& package, std::span<const ValidationSet> sets, std::size_t threads);

/// The mean over the sets of the mean loss: −ln P(true class).
double mean_loss(const ModelPackage& package, std::span<const ValidationSet> sets, std::size_t threads);

/// Texts per second of two models on one thread, each the median of `rounds` runs over `texts`, alternating, so that
/// other load on the machine affects both equally.
struct Speeds {
  double before = 0, after = 0;
};
Speeds compare_speed(const ModelPackage& before, const ModelPackage& after, std::span<const std::string> texts,
                     std::size_t rounds);

}  // namespace tapewatch::model::train
