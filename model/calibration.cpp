#include "model/calibration.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "model/mixing.hpp"

namespace tapewatch::model {
namespace {

constexpr double kLowestTemperature = 0.05;

std::vector<double> logs_of(std::span<const float> probabilities) {
  std::vector<double> logs;
  for (const float p : probabilities) logs.push_back(std::log(std::max(p, std::numeric_limits<float>::min())));
  return logs;
}

Metrics measure(std::span<const CalibrationRow> rows, std::size_t classes) {
  Evaluator evaluator(classes);
  for (const auto& row : rows) evaluator.add({.truth = row.truth, .probabilities = row.probabilities, .source = {}});
  return evaluator.evaluate().all;
}

}  // namespace

double fit_temperature(std::span<const CalibrationRow> rows) {
  // ln p scaled by 1 / T is a shift that is mixed, with that weight, with nothing: the same convex problem.
  std::vector<MixingRow> scaled;
  for (const auto& row : rows) {
    auto logs = logs_of(row.probabilities);
    const std::vector<double> nothing(logs.size());
    scaled.push_back({.logs = nothing, .shift = std::move(logs), .truth = row.truth});
  }
  const double inverse = fit_mixing_weight(scaled, 1 / kLowestTemperature);
  return rows.empty() ? 1.0 : 1 / std::max(inverse, std::numeric_limits<double>::epsilon());
}

std::vector<float> tempered(std::span<const float> probabilities, double temperature) {
  auto logits = logs_of(probabilities);
  const double top = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (double& logit : logits) sum += logit = std::exp((logit - top) / temperature);
  std::vector<float> scaled;
  for (const double part : logits) scaled.push_back(static_cast<float>(part / sum));
  return scaled;
}

CrossFit cross_fit(std::span<const CalibrationRow> rows, std::size_t classes, std::size_t folds) {
  if (folds < 2 || rows.size() < folds) throw std::logic_error("cross_fit: two folds and a row in each at least");
  CrossFit result{.temperature = fit_temperature(rows),
                  .fold_temperatures = {},
                  .before = measure(rows, classes),
                  .after = {},
                  .rows = {rows.begin(), rows.end()}};
  for (std::size_t fold = 0; fold < folds; ++fold) {
    std::vector<CalibrationRow> others;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (i % folds != fold) others.push_back(rows[i]);
    }
    const double temperature = result.fold_temperatures.emplace_back(fit_temperature(others));
    for (std::size_t i = fold; i < rows.size(); i += folds) {
      result.rows[i].probabilities = tempered(rows[i].probabilities, temperature);
    }
  }
  result.after = measure(result.rows, classes);
  return result;
}

}  // namespace tapewatch::model
