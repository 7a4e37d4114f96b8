// Tested by tests/model/calibration_test.cpp
#include "model/evaluation/calibration_fit.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "model/evaluation/mixing.hpp"

namespace tapewatch::model {
namespace {

constexpr double kLowestTemperature = 0.05;
constexpr int kLowestExponent = 5, kHighestExponent = 30;  // tenths

/// ln of the largest probability minus ln of each.
std::vector<double> margins_of(std::span<const float> probabilities) {
  std::vector<double> margins;
  for (const float p : probabilities) margins.push_back(-std::log(std::max(p, std::numeric_limits<float>::min())));
  const double least = *std::ranges::min_element(margins);
  for (double& margin : margins) margin -= least;
  return margins;
}

struct Fit {
  Calibration calibration;
  double loss = 0;
};

/// The temperature for one exponent. −(margin / T)^exponent is linear in T^−exponent, so this is the same convex
/// problem as mixing.
Fit fit_temperature(std::span<const CalibrationRow> rows, double exponent) {
  std::vector<MixingRow> mixing;
  for (const auto& row : rows) {
    auto shift = margins_of(row.probabilities);
    for (double& margin : shift) margin = -std::pow(margin, exponent);
    const std::vector<double> nothing(shift.size());
    mixing.push_back({.logs = nothing, .shift = std::move(shift), .truth = row.truth});
  }
  const double weight = fit_mixing_weight(mixing, 0, std::pow(kLowestTemperature, -exponent));
  const double temperature = std::pow(std::max(weight, std::numeric_limits<double>::epsilon()), -1 / exponent);
  return {.calibration = {static_cast<float>(temperature), static_cast<float>(exponent)},
          .loss = mixed_loss(mixing, weight)};
}

Metrics measure(std::span<const CalibrationRow> rows, std::size_t classes) {
  Evaluator evaluator(classes);
  for (const auto& row : rows) evaluator.add({.truth = row.truth, .probabilities = row.probabilities, .source = {}});
  return evaluator.evaluate().all;
}

}  // namespace

Calibration fit_calibration(std::span<const CalibrationRow> rows) {
  if (rows.empty()) return {};
  Fit best = fit_temperature(rows, 1);
  if (rows.size() < kRowsForExponent) return best.calibration;
  for (int tenths = kLowestExponent; tenths <= kHighestExponent; ++tenths) {
    const Fit fit = fit_temperature(rows, tenths / 10.0);
    if (fit.loss < best.loss) best = fit;
  }
  return best.calibration;
}

std::vector<float> recalibrated(std::span<const float> probabilities, const Calibration& by) {
  auto parts = margins_of(probabilities);
  double sum = 0;
  for (double& part : parts) sum += part = std::exp(calibrated_log_odds(part, by));
  std::vector<float> result;
  result.reserve(parts.size());
  for (const double part : parts) result.push_back(static_cast<float>(part / sum));
  return result;
}

CrossFit cross_fit(std::span<const CalibrationRow> rows, std::size_t classes, std::size_t folds) {
  if (folds < 2 || rows.size() < folds) throw std::logic_error("cross_fit: two folds and a row in each at least");
  CrossFit result{.calibration = fit_calibration(rows),
                  .folds = {},
                  .before = measure(rows, classes),
                  .after = {},
                  .rows = {rows.begin(), rows.end()}};
  for (std::size_t fold = 0; fold < folds; ++fold) {
    std::vector<CalibrationRow> others;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (i % folds != fold) others.push_back(rows[i]);
    }
    const auto& calibration = result.folds.emplace_back(fit_calibration(others));
    for (std::size_t i = fold; i < rows.size(); i += folds) {
      result.rows[i].probabilities = recalibrated(rows[i].probabilities, calibration);
    }
  }
  result.after = measure(result.rows, classes);
  return result;
}

}  // namespace tapewatch::model
