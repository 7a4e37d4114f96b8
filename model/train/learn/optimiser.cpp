#include "model/train/learn/optimiser.hpp"

#include <cmath>
#include <stdexcept>

namespace tapewatch::model::train {
namespace {

constexpr float kBeta1 = 0.9F, kBeta2 = 0.999F, kEpsilon = 1e-6F;  // BERT's
constexpr float kAdagradEpsilon = 1e-10F;

/// The state of one tensor for an update.
struct Update {
  float* value;
  const float* grad;
  float* first;
  float* second;
  std::int64_t size;
  float rate, l2;
};

void sgd(const Update& u, float momentum) {
  for (std::int64_t i = 0; i < u.size; ++i) {
    u.first[i] = momentum * u.first[i] + (u.grad[i] + u.l2 * u.value[i]);
    u.value[i] -= u.rate * u.first[i];
  }
}

void adagrad(const Update& u) {
  for (std::int64_t i = 0; i < u.size; ++i) {
    const float grad = u.grad[i] + u.l2 * u.value[i];
    u.second[i] += grad * grad;
    u.value[i] -= u.rate * grad / (std::sqrt(u.second[i]) + kAdagradEpsilon);
  }
}

/// `keep`: the share of the weight left by decoupled decay.
void adam(const Update& u, float keep, float correction1, float correction2) {
  for (std::int64_t i = 0; i < u.size; ++i) {
    const float grad = u.grad[i] + u.l2 * u.value[i];
    u.first[i] = kBeta1 * u.first[i] + (1.0F - kBeta1) * grad;
    u.second[i] = kBeta2 * u.second[i] + (1.0F - kBeta2) * grad * grad;
    u.value[i] =
        keep * u.value[i] - u.rate * (u.first[i] / correction1) / (std::sqrt(u.second[i] / correction2) + kEpsilon);
  }
}

float* memory(const torch::Tensor& tensor) { return tensor.defined() ? tensor.data_ptr<float>() : nullptr; }

}  // namespace

Method method_named(std::string_view name) {
  if (name == "adamw") return Method::adamw;
  if (name == "adam") return Method::adam;
  if (name == "sgd") return Method::sgd;
  if (name == "adagrad") return Method::adagrad;
  throw std::runtime_error("unknown optimiser " + std::string(name));
}

Optimiser::Optimiser(std::vector<Trained> trained, Method method, double momentum)
    : method_(method), momentum_(static_cast<float>(momentum)), steps_(torch::zeros({}, torch::kLong)) {
  const auto zeros = [](const Trained& one) {
    return torch::zeros_like(one.tensor, torch::TensorOptions().requires_grad(false));
  };
  for (auto& one : trained) {
    Slot slot;
    if (method != Method::adagrad) slot.first = zeros(one);
    if (method != Method::sgd) slot.second = zeros(one);
    slot.trained = std::move(one);
    slots_.push_back(std::move(slot));
  }
}

void Optimiser::zero_grad() {
  for (auto& slot : slots_) slot.trained.tensor.mutable_grad() = torch::Tensor();
}

double Optimiser::clip(double limit) {
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

void Optimiser::step(double schedule) {
  torch::NoGradGuard no_grad;
  steps_.add_(1);
  const auto count = static_cast<double>(steps_.item<std::int64_t>());
  const auto correction1 = static_cast<float>(1.0 - std::pow(kBeta1, count));
  const auto correction2 = static_cast<float>(1.0 - std::pow(kBeta2, count));
  for (auto& slot : slots_) {
    const auto& trained = slot.trained;
    if (!trained.tensor.grad().defined()) continue;
    const auto grad = trained.tensor.grad().contiguous();
    const double rate = trained.rate * schedule;
    const Update update{.value = trained.tensor.data_ptr<float>(),
                        .grad = grad.data_ptr<float>(),
                        .first = memory(slot.first),
                        .second = memory(slot.second),
                        .size = trained.tensor.numel(),
                        .rate = static_cast<float>(rate),
                        .l2 = static_cast<float>(trained.l2)};
    if (method_ == Method::sgd) {
      sgd(update, momentum_);
    } else if (method_ == Method::adagrad) {
      adagrad(update);
    } else {
      const double decay = method_ == Method::adamw ? rate * trained.weight_decay : 0.0;
      adam(update, static_cast<float>(1.0 - decay), correction1, correction2);
    }
  }
}

NamedTensors Optimiser::state() const {
  NamedTensors state{{"steps", steps_}};
  for (const auto& slot : slots_) {
    if (slot.first.defined()) state["first." + slot.trained.name] = slot.first;
    if (slot.second.defined()) state["second." + slot.trained.name] = slot.second;
  }
  return state;
}

void Optimiser::load(const NamedTensors& state) {
  torch::NoGradGuard no_grad;
  for (auto& [name, tensor] : this->state()) {
    const auto found = state.find(name);
    if (found == state.end()) throw std::runtime_error("the checkpoint has no optimiser state for " + name);
    auto target = tensor;
    target.copy_(found->second);
  }
}

}  // namespace tapewatch::model::train
