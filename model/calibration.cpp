#include "model/calibration.hpp"

#include <algorithm>

namespace tapewatch::model {

void calibrate(std::span<float> logits, const Calibration& by) {
  if (logits.empty()) return;
  const float top = *std::ranges::max_element(logits);
  for (float& logit : logits) {
    logit = static_cast<float>(calibrated_log_odds(static_cast<double>(top) - static_cast<double>(logit), by));
  }
}

}  // namespace tapewatch::model
