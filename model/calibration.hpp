#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "model/evaluation.hpp"

namespace tapewatch::model {

/// A labelled text as a model scored it, for asking whether it is as sure as it may be.
struct CalibrationRow {
  std::vector<float> probabilities;  // of all classes
  std::size_t truth = 0;
};

/// The temperature T from 0.05 on for which softmax(ln p / T) has the least loss: above 1 the model is too sure
/// (temperature scaling; Guo et al. 2017). 1 without rows.
double fit_temperature(std::span<const CalibrationRow> rows);

/// softmax(ln p / temperature). A probability of 0 counts as the smallest positive float.
std::vector<float> tempered(std::span<const float> probabilities, double temperature);

/// What a temperature learned on other rows does to each row.
struct CrossFit {
  double temperature = 1;                 // of all rows
  std::vector<double> fold_temperatures;  // of all rows but one fold's
  Metrics before;                         // as the model scored them
  Metrics after;                          // every row with the temperature of the other folds
  std::vector<CalibrationRow> rows;       // of that, in their order
};

/// Row i is in fold i mod `folds`: no row speaks for the temperature that it is measured with. At least two folds, all
/// rows over the same `classes`.
CrossFit cross_fit(std::span<const CalibrationRow> rows, std::size_t classes, std::size_t folds);

}  // namespace tapewatch::model
