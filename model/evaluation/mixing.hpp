#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace tapewatch::model {

/// A labelled text for learning how much the rules count beside the network.
struct MixingRow {
  std::vector<double> logs;   // ln P(class) by the network alone
  std::vector<double> shift;  // Σ weight of the rules that apply, by class
  std::size_t truth = 0;
};

/// Mean −ln P(true class) where P = softmax(logs + weight · shift); 0 without rows.
double mixed_loss(std::span<const MixingRow> rows, double weight);

/// The weight from 0 to `highest` with the least loss. The loss is convex in the weight (logarithm of a sum of
/// exponentials of what is linear in it), so its slope is bisected. 0 where no rule applies or rules do not help.
double fit_mixing_weight(std::span<const MixingRow> rows, double highest = 20);

}  // namespace tapewatch::model
