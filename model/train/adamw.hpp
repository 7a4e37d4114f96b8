#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "model/train/network.hpp"

namespace tapewatch::model::train {

/// One tensor's place in the optimiser.
struct Trained {
  std::string name;
  torch::Tensor tensor;  // fp32, contiguous, on the CPU
  double rate = 0.0;     // learning rate at the schedule's peak
  double weight_decay = 0.0;
};

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

/// Rates fall by `layer_decay` from each layer to the one below; biases and norms do not decay (BERT's recipe).
struct RateOptions {
  double encoder = 5e-5, heads = 5e-4, layer_decay = 0.9, weight_decay = 0.01;
  bool freeze_embeddings = false;
};
std::vector<Trained> trained_tensors(const Network& network, const RateOptions& rates);

}  // namespace tapewatch::model::train
