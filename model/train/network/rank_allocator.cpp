// Tested by tests/train/network/adapters_test.cpp
#include "model/train/network/rank_allocator.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "model/train/network/adapters.hpp"

namespace tapewatch::model::train {
namespace {

constexpr double kSmoothing = 0.85;  // β₁ and β₂
constexpr std::string_view kSingular = ".singular";

}  // namespace

double RankBudget::at(double step) const {
  if (step < warmup) return first;
  const double fall = steps - warmup - finish;
  if (fall <= 0.0 || step >= steps - finish) return last;
  return last + (first - last) * std::pow(1.0 - (step - warmup) / fall, 3.0);
}

RankAllocator::RankAllocator(const NamedTensors& tensors, RankBudget budget) : budget_(budget) {
  // At least one step for making the choice.
  budget_.finish = std::min(budget_.finish, std::max(0.0, budget_.steps - 1.0));
  budget_.warmup = std::min(budget_.warmup, std::max(0.0, budget_.steps - budget_.finish - 1.0));
  for (const auto& [name, tensor] : tensors) {
    if (!name.starts_with(kAdapterPrefix) || !name.ends_with(kSingular)) continue;
    const auto adapter = name.substr(0, name.size() - kSingular.size());
    adapters_.push_back(adapter);
    budget_.first += static_cast<double>(tensor.numel());
    state_["kept." + adapter] = torch::ones_like(tensor.detach());
    for (const char* part : {".left", ".singular", ".right"}) {
      const auto& one = tensors.at(adapter + part);
      tensors_[adapter + part] = one;
      state_["sensitivity." + adapter + part] = torch::zeros_like(one.detach());
      state_["uncertainty." + adapter + part] = torch::zeros_like(one.detach());
    }
  }
}

void RankAllocator::observe() {
  torch::NoGradGuard no_grad;
  for (auto& [name, tensor] : tensors_) {
    if (!tensor.grad().defined()) continue;
    const auto now = (tensor * tensor.grad()).abs();
    auto& sensitivity = state_.at("sensitivity." + name);
    sensitivity.lerp_(now, 1.0 - kSmoothing);
    state_.at("uncertainty." + name).lerp_((now - sensitivity).abs(), 1.0 - kSmoothing);
  }
}

torch::Tensor RankAllocator::score(const std::string& tensor) const {
  return state_.at("sensitivity." + tensor) * state_.at("uncertainty." + tensor);
}

void RankAllocator::choose(double budget) {
  std::vector<torch::Tensor> scores;
  for (const auto& adapter : adapters_) {
    scores.push_back(score(adapter + ".singular") + score(adapter + ".left").mean(0) +
                     score(adapter + ".right").mean(1));
  }
  const auto all = torch::cat(scores);
  const auto keep = std::clamp<std::int64_t>(std::llround(budget), 0, all.numel());
  auto kept = torch::zeros_like(all);
  kept.index_fill_(0, std::get<1>(all.sort(true, 0, true)).slice(0, 0, keep), 1.0);  // stable: ties by place
  std::int64_t first = 0;
  for (const auto& adapter : adapters_) {
    auto& mask = state_.at("kept." + adapter);
    mask.copy_(kept.slice(0, first, first + mask.numel()));
    first += mask.numel();
  }
}

void RankAllocator::prune(double step, const NamedTensors& averages) {
  if (!on() || step < budget_.warmup) return;
  torch::NoGradGuard no_grad;
  const bool fixed = step >= budget_.steps - budget_.finish;
  const bool last = step + 1.0 >= budget_.steps - budget_.finish && !fixed;
  const bool due = std::fmod(step + 1.0, budget_.every) == 0.0;
  if (!fixed && !due && !last) return;
  if (!fixed) choose(last ? budget_.last : budget_.at(step));
  for (const auto& adapter : adapters_) {
    const auto& kept = state_.at("kept." + adapter);
    auto singular = tensors_.at(adapter + ".singular");
    singular.mul_(kept);
    if (const auto average = averages.find(adapter + ".singular"); average != averages.end()) {
      auto values = average->second;
      values.mul_(kept);
    }
  }
}

std::int64_t RankAllocator::rank_sum() const {
  std::int64_t sum = 0;
  for (const auto& adapter : adapters_) sum += tensors_.at(adapter + ".singular").ne(0.0).sum().item<std::int64_t>();
  return sum;
}

void RankAllocator::load(const NamedTensors& state) {
  for (auto& [name, tensor] : state_) {
    const auto found = state.find(name);
    if (found == state.end()) throw std::runtime_error("the checkpoint has no rank allocation for " + name);
    tensor.copy_(found->second);
  }
}

}  // namespace tapewatch::model::train
