#pragma once
#include <vector>

#include "model/train/trained_tensors.hpp"

namespace tapewatch::model::train {

/// AdamW (Loshchilov & Hutter 2019) with bias correction, in one pass over memory per tensor. libtorch's own takes
/// about ten passes, a tenth of a step at this size.
class AdamW {
 public:
  explicit AdamW(std::vector<Trained> trained);

  void zero_grad();
  /// Scales all gradients so that their joint norm is at most `limit`; returns the norm before.
  double clip(double limit);
  /// One update with every rate times `schedule`.
  void step(double schedule);

  /// Moments and step count by name, sharing memory with the optimiser; `load` copies into them.
  NamedTensors state() const;
  void load(const NamedTensors& state);

 private:
  struct Slot {
    Trained trained;
    torch::Tensor mean, variance;
  };
  std::vector<Slot> slots_;
  torch::Tensor steps_;  // int64 scalar
};

}  // namespace tapewatch::model::train
