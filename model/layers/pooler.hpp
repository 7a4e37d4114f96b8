#pragma once

#include <cstddef>

#include "model/layers/dense.hpp"
#include "model/package/model_config.hpp"

namespace tapewatch::model {

/// The dense layer that published classifiers put between the first token's state and their head: BERT's pooler with
/// tanh (Devlin et al. 2018), DistilBERT's `pre_classifier` with a rectifier (Sanh et al. 2019).
struct Pooler {
  Dense dense;  // hidden → hidden
  Activation activation = Activation::tanh;

  /// x [rows, hidden] → y [rows, hidden], both dense; a row depends, bit for bit, on its own x alone.
  void apply(const Kernels& kernels, const float* x, std::size_t rows, float* y) const;
};

}  // namespace tapewatch::model
