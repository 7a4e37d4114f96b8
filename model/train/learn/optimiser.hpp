#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "model/train/network/trained_tensors.hpp"

namespace tapewatch::model::train {

enum class Method { adamw, adam, sgd, adagrad };
/// Throws std::runtime_error for a name other than adamw, adam, sgd, adagrad.
Method method_named(std::string_view name);

/// A first-order optimiser, in one pass over memory per tensor (libtorch's own take about ten, a tenth of a step at
/// this size). With gradient g (plus l2 · w), rate r times the schedule:
///   sgd      v ← μ v + g; w ← w − r v                                                     (Polyak 1964)
///   adagrad  s ← s + g²; w ← w − r g / (√s + ε)                                           (Duchi et al. 2011)
///   adam     m, v ← moving averages of g and g²; w ← w − r m̂ / (√v̂ + ε)                  (Kingma & Ba 2015)
///   adamw    the same, after w ← (1 − r · weight_decay) w                                 (Loshchilov & Hutter 2019)
/// Only AdamW has decoupled weight decay; the others have l2.
class Optimiser {
 public:
  Optimiser(std::vector<Trained> trained, Method method, double momentum);

  void zero_grad();
  /// Scales all gradients so that their joint norm is at most `limit`; returns the norm before.
  double clip(double limit);
  /// One update with every rate times `schedule`. A tensor without a gradient does not change.
  void step(double schedule);

  /// Running sums and step count by name, sharing memory with the optimiser; `load` copies into them.
  NamedTensors state() const;
  void load(const NamedTensors& state);

 private:
  struct Slot {
    Trained trained;
    torch::Tensor first, second;  // running sums; not defined if the method has none
  };
  std::vector<Slot> slots_;
  Method method_;
  float momentum_;
  torch::Tensor steps_;  // int64 scalar
};

}  // namespace tapewatch::model::train
