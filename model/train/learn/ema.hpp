#pragma once
#include <vector>

#include "model/train/network/trained_tensors.hpp"

namespace tapewatch::model::train {

/// An exponential moving average of the trained weights (Polyak & Juditsky 1992; the ramp keeps the random start out):
/// after step n, average ← d · average + (1 − d) · weight with d = min(decay, (1 + n) / (10 + n)).
class MovingAverage {
 public:
  /// `decay` 0: off, no memory taken.
  MovingAverage(const std::vector<Trained>& trained, double decay);

  bool on() const { return decay_ > 0.0; }
  void update(double step);
  /// The averages by the weights' names, sharing memory; empty if off.
  const NamedTensors& weights() const { return averages_; }
  void load(const NamedTensors& values);

 private:
  double decay_;
  NamedTensors tensors_, averages_;
};

}  // namespace tapewatch::model::train
