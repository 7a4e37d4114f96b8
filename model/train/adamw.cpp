#include "model/train/adamw.hpp"

#include <cmath>
#include <stdexcept>

namespace tapewatch::model::train {
namespace {

constexpr float kBeta1 = 0.9F, kBeta2 = 0.999F, kEpsilon = 1e-6F;  // BERT's

}  // namespace

AdamW::AdamW(std::vector<Trained> trained) : steps_(torch::zeros({}, torch::kLong)) {
  for (auto& one : trained) {
    auto zeros = torch::zeros_like(one.tensor, torch::TensorOptions().requires_grad(false));
    slots_.push_back({std::move(one), zeros, zeros.clone()});
  }
}

void AdamW::zero_grad() {
  for (auto& slot : slots_) slot.trained.tensor.mutable_grad() = torch::Tensor();
}

double AdamW::clip(double limit) {
  torch::NoGradGuard no_grad;
  double squares = 0.0;
  for (auto& slot : slots_) {
    const auto& grad = slot.trained.tensor.grad();
    if (grad.defined()) squares += grad.pow(2).sum().item<double>();
  }
  const double norm = std::sqrt(squares);
  if (norm > limit) {
    for (auto& slot : slots_) {
      auto grad = slot.trained.tensor.grad();
      if (grad.defined()) grad.mul_(limit / norm);
    }
  }
  return norm;
}

void AdamW::step(double schedule) {
  torch::NoGradGuard no_grad;
  steps_.add_(1);
  const auto count = static_cast<double>(steps_.item<std::int64_t>());
  const auto correction1 = static_cast<float>(1.0 - std::pow(kBeta1, count));
  const auto correction2 = static_cast<float>(1.0 - std::pow(kBeta2, count));
  for (auto& slot : slots_) {
    if (!slot.trained.tensor.grad().defined()) continue;
    const auto grad_tensor = slot.trained.tensor.grad().contiguous();
    const auto rate = static_cast<float>(slot.trained.rate * schedule);
    const auto keep = static_cast<float>(1.0 - slot.trained.rate * schedule * slot.trained.weight_decay);
    const float* grad = grad_tensor.data_ptr<float>();
    float* value = slot.trained.tensor.data_ptr<float>();
    float* mean = slot.mean.data_ptr<float>();
    float* variance = slot.variance.data_ptr<float>();
    const auto size = slot.trained.tensor.numel();
    for (std::int64_t i = 0; i < size; ++i) {
      mean[i] = kBeta1 * mean[i] + (1.0F - kBeta1) * grad[i];
      variance[i] = kBeta2 * variance[i] + (1.0F - kBeta2) * grad[i] * grad[i];
      value[i] = keep * value[i] - rate * (mean[i] / correction1) / (std::sqrt(variance[i] / correction2) + kEpsilon);
    }
  }
}

NamedTensors AdamW::state() const {
  NamedTensors state{{"steps", steps_}};
  for (const auto& slot : slots_) {
    state["mean." + slot.trained.name] = slot.mean;
    state["variance." + slot.trained.name] = slot.variance;
  }
  return state;
}

void AdamW::load(const NamedTensors& state) {
  torch::NoGradGuard no_grad;
  for (auto& [name, tensor] : this->state()) {
    const auto found = state.find(name);
    if (found == state.end()) throw std::runtime_error("the checkpoint has no optimiser state for " + name);
    auto target = tensor;
    target.copy_(found->second);
  }
}

}  // namespace tapewatch::model::train
