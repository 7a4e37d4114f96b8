#include "model/evaluation/neutral_fit.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace tapewatch::model {
namespace {

constexpr std::size_t kFolds = 10;

bool is_right(const MixingRow& row, double bias) {
  const auto log_odds = [&](std::size_t i) { return row.logs[i] + bias * row.shift[i]; };
  std::size_t best = 0;
  for (std::size_t i = 1; i < row.logs.size(); ++i) {
    if (log_odds(i) > log_odds(best)) best = i;
  }
  return best == row.truth;
}

double accuracy(std::span<const MixingRow> rows, double bias) {
  const auto right = std::ranges::count_if(rows, [&](const auto& row) { return is_right(row, bias); });
  return static_cast<double>(right) / static_cast<double>(rows.size());
}

double learned(std::span<const MixingRow> rows) { return fit_mixing_weight(rows, -kMostNeutralBias, kMostNeutralBias); }

double cross_fitted_accuracy(std::span<const MixingRow> rows) {
  const std::size_t folds = std::min(kFolds, rows.size());
  std::size_t right = 0;
  for (std::size_t fold = 0; fold < folds; ++fold) {
    std::vector<MixingRow> others;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (i % folds != fold) others.push_back(rows[i]);
    }
    const double bias = learned(others);
    for (std::size_t i = fold; i < rows.size(); i += folds) right += is_right(rows[i], bias) ? 1 : 0;
  }
  return static_cast<double>(right) / static_cast<double>(rows.size());
}

}  // namespace

bool has_both_sides(std::span<const MixingRow> rows) {
  const auto is_neutral = [](const MixingRow& row) { return row.shift[row.truth] != 0; };
  return std::ranges::any_of(rows, is_neutral) && !std::ranges::all_of(rows, is_neutral);
}

NeutralFit fit_neutral(std::span<const MixingRow> rows) {
  NeutralFit fit{.rows = rows.size(), .bias = learned(rows)};
  // The second derivative of the loss by the bias is the variance of the shift: p (1 - p) of neutral.
  const double information = mixed_curvature(rows, fit.bias) * static_cast<double>(rows.size());
  constexpr double kTwoSided95 = 1.96;
  const double half = information > 0 ? kTwoSided95 / std::sqrt(information) : 2 * kMostNeutralBias;
  fit.interval = {std::max(fit.bias - half, -kMostNeutralBias), std::min(fit.bias + half, kMostNeutralBias)};
  fit.loss_before = mixed_loss(rows, 0);
  fit.loss_after = mixed_loss(rows, fit.bias);
  fit.accuracy_before = accuracy(rows, 0);
  fit.accuracy_after = accuracy(rows, fit.bias);
  fit.accuracy_cross_fitted = cross_fitted_accuracy(rows);
  return fit;
}

}  // namespace tapewatch::model
