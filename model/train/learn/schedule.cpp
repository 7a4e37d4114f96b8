// Tested by tests/train/learn/optimiser_test.cpp
#include "model/train/learn/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>
#include <string>

namespace tapewatch::model::train {

Decay decay_named(std::string_view name) {
  if (name == "linear") return Decay::linear;
  if (name == "cosine") return Decay::cosine;
  if (name == "constant") return Decay::constant;
  throw std::runtime_error("unknown schedule " + std::string(name));
}

double schedule(Decay decay, double step, double steps, double warmup_share) {
  const double warmup = std::max(1.0, std::floor(steps * warmup_share));
  if (step < warmup) return (step + 1.0) / warmup;
  if (decay == Decay::constant) return 1.0;
  const double left = std::clamp((steps - step) / std::max(1.0, steps - warmup), 0.0, 1.0);
  return decay == Decay::linear ? left : 0.5 * (1.0 - std::cos(std::numbers::pi * left));
}

}  // namespace tapewatch::model::train
