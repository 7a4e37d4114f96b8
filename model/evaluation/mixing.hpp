#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace tapewatch::model {

/// A labelled text for learning the weight of the rules beside the network.
struct MixingRow {
  std::vector<double> logs;   // ln P(class) by the network alone
  std::vector<double> shift;  // Σ weight of the rules that apply, by class
  std::size_t truth = 0;
};

/// Mean −ln P(true class) where P = softmax(logs + weight · shift); 0 without rows.
double mixed_loss(std::span<const MixingRow> rows, double weight);

/// The second derivative of that loss by the weight; 0 without rows.
double mixed_curvature(std::span<const MixingRow> rows, double weight);

/// The weight from `lowest` to `highest` with the lowest loss. The loss is convex in the weight (the logarithm of a sum
/// of exponentials of linear functions), so its slope is bisected. `lowest` if no rule applies or rules do not help.
double fit_mixing_weight(std::span<const MixingRow> rows, double lowest = 0, double highest = 20);

}  // namespace tapewatch::model
