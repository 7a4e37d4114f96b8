#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "model/train/network/network.hpp"

namespace tapewatch::model::train {

/// One tensor's place in the optimiser.
struct Trained {
  std::string name;
  torch::Tensor tensor;       // fp32, contiguous, on the CPU
  double rate = 0.0;          // learning rate at the schedule's peak
  double weight_decay = 0.0;  // decoupled (AdamW)
  double l2 = 0.0;            // added to the gradient, times the weight
};

/// Rates fall by `layer_decay` from each layer to the one below; biases and norms do not decay (BERT's recipe). With
/// adapters the encoder itself does not learn.
struct RateOptions {
  double encoder = 5e-5, heads = 5e-4, adapters = 5e-4, layer_decay = 0.9, weight_decay = 0.01, l2 = 0.0;
  bool freeze_embeddings = false;  // the word table
  std::int64_t freeze_layers = 0;  // all embeddings and this many of the lowest layers; 0: none
  bool only_risk_heads = false;    // nothing else learns
};

/// The tensors that learn. The rest stays unchanged and has its gradient switched off, so that nothing is kept for a
/// backward pass below the lowest tensor that learns.
std::vector<Trained> trained_tensors(const Network& network, const RateOptions& rates);

}  // namespace tapewatch::model::train
