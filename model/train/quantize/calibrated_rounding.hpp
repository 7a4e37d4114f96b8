#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "model/ops/int8_weights.hpp"
#include "model/train/quantize/input_moments.hpp"

namespace tapewatch::model::train {

/// Rounds the rows of a matrix so that its outputs change little on given inputs: instead of each weight to the nearest
/// integer, one after another with the errors so far carried over to the weights whose inputs move together with theirs
/// (GPTQ, Frantar et al. 2022; computed as Babai's nearest plane, which it equals: no matrix is inverted).
class CalibratedRounding {
 public:
  explicit CalibratedRounding(const Moments& moments);

  /// `weight` [outputs, inputs] as integers appended to `to`, with the scales of append_quantised().
  void append(std::span<const float> weight, QuantisedWeights& to) const;

 private:
  std::size_t inputs_;
  std::vector<double> factor_;  // R, upper triangular, [inputs, inputs]: R·Rᵀ = the moments, made positive definite
};

}  // namespace tapewatch::model::train
