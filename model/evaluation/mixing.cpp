// Tested by tests/model/rules_test.cpp
#include "model/evaluation/mixing.hpp"

#include <algorithm>
#include <cmath>

namespace tapewatch::model {
namespace {

/// Loss of one row and its derivatives by the weight.
struct LossAndSlope {
  double loss = 0, slope = 0, curvature = 0;
};

LossAndSlope measure(const MixingRow& row, double weight) {
  std::vector<double> logits(row.logs.size());
  for (std::size_t i = 0; i < logits.size(); ++i) logits[i] = row.logs[i] + weight * row.shift[i];
  const double top = *std::max_element(logits.begin(), logits.end());
  double sum = 0, shift = 0, squares = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    const double e = std::exp(logits[i] - top);
    sum += e;
    shift += e * row.shift[i];
    squares += e * row.shift[i] * row.shift[i];
  }
  const double mean = shift / sum;
  return {top + std::log(sum) - logits[row.truth], mean - row.shift[row.truth], squares / sum - mean * mean};
}

LossAndSlope measure(std::span<const MixingRow> rows, double weight) {
  LossAndSlope mean;
  for (const auto& row : rows) {
    const auto one = measure(row, weight);
    mean.loss += one.loss / static_cast<double>(rows.size());
    mean.slope += one.slope / static_cast<double>(rows.size());
    mean.curvature += one.curvature / static_cast<double>(rows.size());
  }
  return mean;
}

}  // namespace

double mixed_loss(std::span<const MixingRow> rows, double weight) { return measure(rows, weight).loss; }

double mixed_curvature(std::span<const MixingRow> rows, double weight) { return measure(rows, weight).curvature; }

double fit_mixing_weight(std::span<const MixingRow> rows, double lowest, double highest) {
  if (measure(rows, lowest).slope >= 0) return lowest;
  double low = lowest, high = highest;
  if (measure(rows, high).slope <= 0) return high;
  constexpr int kSteps = 40;  // to 2e-11 of the range
  for (int i = 0; i < kSteps; ++i) {
    const double middle = (low + high) / 2;
    (measure(rows, middle).slope < 0 ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace tapewatch::model
