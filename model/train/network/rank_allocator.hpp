#pragma once
#include <string>
#include <vector>

#include "model/train/network/network.hpp"

namespace tapewatch::model::train {

/// The singular values that all AdaLoRA adapters together may keep, Zhang et al. 2023, 3.3.
struct RankBudget {
  double first = 0.0;   // b⁰: all of them
  double last = 0.0;    // bᵀ
  double steps = 0.0;   // T
  double warmup = 0.0;  // tᵢ: steps before pruning begins
  double finish = 0.0;  // t_f: steps at the end with the budget reached and the choice fixed
  double every = 10.0;  // ΔT: steps between two prunings

  /// b⁽ᵗ⁾, equation 13: first, then a cubic fall, then last. `step` from 0.
  double at(double step) const;
};

/// Decides which singular values AdaLoRA keeps. The importance of the i-th triplet of a matrix is s(λᵢ) + mean s(Pᵢ) +
/// mean s(Qᵢ) (equation 7, over column i of P and row i of Q) with s = Ī · Ū: the moving average of the sensitivity
/// I = |w ∂loss/∂w| and that of its uncertainty |I − Ī| (equations 8–11; β₁ = β₂ = 0.85). All but the most important
/// b⁽ᵗ⁾ are set to zero; their vectors stay, so that one may come back until the choice is fixed.
class RankAllocator {
 public:
  /// Does nothing without AdaLoRA adapters among the tensors.
  RankAllocator(const NamedTensors& tensors, RankBudget budget);

  bool on() const { return !adapters_.empty(); }
  /// After the backward pass, before the optimiser's step: collects the sensitivities.
  void observe();
  /// After the optimiser's step `step` (from 0): prunes if it is time. `averages`: the moving averages of the weights,
  /// pruned likewise.
  void prune(double step, const NamedTensors& averages);

  /// The number of non-zero singular values of all adapters.
  std::int64_t rank_sum() const;
  const RankBudget& budget() const { return budget_; }

  /// For the checkpoint, by name, sharing memory.
  const NamedTensors& state() const { return state_; }
  void load(const NamedTensors& state);

 private:
  torch::Tensor score(const std::string& tensor) const;  // s, of the tensor's shape
  void choose(double budget);

  std::vector<std::string> adapters_;  // "adapters.<matrix>"
  NamedTensors tensors_;               // of the adapters
  NamedTensors state_;                 // sensitivity.*, uncertainty.*, kept.*
  RankBudget budget_;
};

}  // namespace tapewatch::model::train
