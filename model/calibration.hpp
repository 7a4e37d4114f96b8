#pragma once

#include <cmath>
#include <span>

namespace tapewatch::model {

/// How a head's logits become probabilities: P(class) = softmax of −((largest logit − logit) / temperature)^exponent.
/// With exponent 1 that is temperature scaling (Guo et al. 2017). A distilled or label-smoothed network is too sure
/// where it hesitates and not sure enough where it does not, which no temperature mends; an exponent above 1 does. The
/// order of the classes stays (an order-preserving calibration; Rahimi et al. 2020).
struct Calibration {
  float temperature = 1, exponent = 1;

  bool operator==(const Calibration&) const = default;
};

/// What softmax is taken of for a class whose logit lies `margin` ≥ 0 below the largest: a log-odds against the latter.
inline double calibrated_log_odds(double margin, const Calibration& by) {
  const double scaled = margin / static_cast<double>(by.temperature);
  return by.exponent == 1 ? -scaled : -std::pow(scaled, static_cast<double>(by.exponent));
}

/// Logits become the logarithms of unnormalised probabilities, that of the most probable class 0.
void calibrate(std::span<float> logits, const Calibration& by);

}  // namespace tapewatch::model
