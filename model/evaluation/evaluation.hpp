#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/evaluation/bootstrap.hpp"

namespace tapewatch::model {

/// The metrics of one class. A quotient with a zero denominator (nothing predicted, nothing true) is 0.
struct ClassMetrics {
  double precision = 0, recall = 0, f1 = 0;
  std::size_t support = 0;  // rows that truly are of this class
};

/// Rows by [true class][predicted class].
using Confusion = std::vector<std::vector<std::size_t>>;

/// The metrics that follow from the confusion matrix alone.
struct ConfusionSummary {
  double accuracy = 0;
  double macro_f1 = 0;                // the mean F1 of the classes that occur, in truth or in prediction
  std::vector<ClassMetrics> classes;  // in the order of the classes
};
ConfusionSummary summarise(const Confusion& confusion);

/// The metrics of one set of rows.
struct Metrics {
  std::size_t n = 0;
  double accuracy = 0, macro_f1 = 0;
  double loss = 0;  // mean −ln P(true class); a probability of 0 counts as the smallest positive float
  double ece = 0;   // expected calibration error (model/evaluation/reliability.hpp)
  std::vector<ClassMetrics> classes;  // in the order of the classes
  Confusion confusion;
  std::vector<ClassifiedRow> rows;  // in the order they were added
};

struct Evaluation {
  Metrics all;
  std::map<std::string, Metrics> sources;  // rows with a source, by source
};

/// One scored row: the true class and the model's result.
struct ScoredRow {
  std::size_t truth = 0;
  std::span<const float> probabilities;
  std::string_view source;
  std::optional<std::size_t> predicted = {};  // nothing: the first of the largest
};

/// Collects scored rows and measures them.
class Evaluator {
 public:
  explicit Evaluator(std::size_t classes) : classes_(classes) {}

  /// Probabilities of all classes.
  void add(const ScoredRow& row);
  Evaluation evaluate() const;

 private:
  struct Row {
    std::size_t truth, predicted;
    double confidence, loss;
  };
  Metrics measure(std::span<const Row> rows) const;

  std::size_t classes_;
  std::vector<Row> rows_;
  std::map<std::string, std::vector<Row>, std::less<>> by_source_;
};

}  // namespace tapewatch::model
