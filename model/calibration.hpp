#pragma once

#include <span>

#include "model/ops/elementary.hpp"

namespace tapewatch::model {

/// How a head's logits become probabilities: P(class) = softmax of −((largest logit − logit) / temperature)^exponent.
/// With exponent 1 that is temperature scaling (Guo et al. 2017). A distilled or label-smoothed network is
/// overconfident where it hesitates and underconfident where it does not, which no temperature corrects; an exponent
/// above 1 does. The order of the classes is preserved (an order-preserving calibration; Rahimi et al. 2020).
struct Calibration {
  float temperature = 1, exponent = 1;

  bool operator==(const Calibration&) const = default;
};

/// The input of softmax for a class whose logit is `margin` ≥ 0 below the largest: its log-odds against the latter.
inline double calibrated_log_odds(double margin, const Calibration& by) {
  const double scaled = margin / static_cast<double>(by.temperature);
  return by.exponent == 1 ? -scaled : -power(scaled, static_cast<double>(by.exponent));
}

/// Turns logits into logarithms of unnormalised probabilities, 0 for the most probable class.
void calibrate(std::span<float> logits, const Calibration& by);

}  // namespace tapewatch::model
