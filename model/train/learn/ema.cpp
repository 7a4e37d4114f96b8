// Tested by tests/train/learn/distillation_test.cpp
#include "model/train/learn/ema.hpp"

#include <algorithm>
#include <stdexcept>

namespace tapewatch::model::train {

MovingAverage::MovingAverage(const std::vector<Trained>& trained, double decay) : decay_(decay) {
  if (!on()) return;
  for (const auto& one : trained) {
    tensors_[one.name] = one.tensor;
    averages_[one.name] = one.tensor.detach().clone();
  }
}

void MovingAverage::update(double step) {
  if (!on()) return;
  torch::NoGradGuard no_grad;
  const double decay = std::min(decay_, (1.0 + step) / (10.0 + step));
  for (auto& [name, average] : averages_) average.lerp_(tensors_.at(name).detach(), 1.0 - decay);
}

void MovingAverage::load(const NamedTensors& values) {
  for (auto& [name, average] : averages_) {
    const auto found = values.find(name);
    if (found == values.end()) throw std::runtime_error("the checkpoint has no average of " + name);
    average.copy_(found->second);
  }
}

}  // namespace tapewatch::model::train
