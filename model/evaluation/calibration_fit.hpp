#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "model/calibration.hpp"
#include "model/evaluation/evaluation.hpp"

namespace tapewatch::model {

/// A labelled text as scored by a model, for measuring calibration.
struct CalibrationRow {
  std::vector<float> probabilities;  // of all classes
  std::size_t truth = 0;
};

/// With fewer rows the exponent stays 1: they determine a temperature, not the shape of a curve.
inline constexpr std::size_t kRowsForExponent = 500;

/// The calibration with which softmax of the probabilities' logarithms has the lowest loss: temperatures from 0.05 on,
/// exponents from 0.5 to 3. {1, 1}, which changes nothing, without rows.
Calibration fit_calibration(std::span<const CalibrationRow> rows);

/// The probabilities, their logarithms calibrated once more. A probability of 0 counts as the smallest positive float.
std::vector<float> recalibrated(std::span<const float> probabilities, const Calibration& by);

/// The effect on each row of a calibration learned on other rows.
struct CrossFit {
  Calibration calibration;           // of all rows
  std::vector<Calibration> folds;    // of all rows but one fold's
  Metrics before;                    // as scored by the model
  Metrics after;                     // every row with the calibration of the other folds
  std::vector<CalibrationRow> rows;  // of that, in their order
};

/// Row i is in fold i mod `folds`: no row takes part in the calibration it is measured with. At least two folds, all
/// rows over the same `classes`.
CrossFit cross_fit(std::span<const CalibrationRow> rows, std::size_t classes, std::size_t folds);

}  // namespace tapewatch::model
