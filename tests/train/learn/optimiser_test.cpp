#include "model/train/learn/optimiser.hpp"

#include <memory>

#include "model/train/learn/schedule.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch::model::train;

namespace {

constexpr double kRate = 0.01;

std::unique_ptr<torch::optim::Optimizer> reference(Method method, const torch::Tensor& weights) {
  const std::vector<torch::Tensor> all{weights};
  switch (method) {
    case Method::adamw:
      return std::make_unique<torch::optim::AdamW>(all, torch::optim::AdamWOptions(kRate).weight_decay(0.1).eps(1e-6));
    case Method::adam:
      return std::make_unique<torch::optim::Adam>(all, torch::optim::AdamOptions(kRate).weight_decay(0.1).eps(1e-6));
    case Method::sgd:
      return std::make_unique<torch::optim::SGD>(all, torch::optim::SGDOptions(kRate).momentum(0.8).weight_decay(0.1));
    case Method::adagrad:
      return std::make_unique<torch::optim::Adagrad>(all, torch::optim::AdagradOptions(kRate).weight_decay(0.1));
  }
  return nullptr;
}

}  // namespace

TEST_CASE("every optimiser takes the steps that libtorch's takes", "[train][optimiser]") {
  const auto method = method_named(GENERATE("adamw", "adam", "sgd", "adagrad"));
  INFO(static_cast<int>(method));
  torch::manual_seed(3);
  const auto start = torch::randn({7, 5});
  auto ours = start.clone().requires_grad_(true), theirs = start.clone().requires_grad_(true);
  const bool decoupled = method == Method::adamw;
  Optimiser optimiser({{.name = "w",
                        .tensor = ours,
                        .rate = kRate,
                        .weight_decay = decoupled ? 0.1 : 0.0,
                        .l2 = decoupled ? 0.0 : 0.1}},
                      method, 0.8);
  const auto other = reference(method, theirs);
  for (int i = 0; i < 25; ++i) {
    const auto target = torch::randn({7, 5});
    optimiser.zero_grad();
    other->zero_grad();
    (ours - target).pow(2).sum().backward();
    (theirs - target).pow(2).sum().backward();
    optimiser.step(1.0);
    other->step();
  }
  CHECK((ours - theirs).abs().max().item<float>() < 1e-5F);
  CHECK((ours - start).abs().max().item<float>() > 1e-2F);
}

TEST_CASE("clipping scales the joint norm down to its limit", "[train][optimiser]") {
  auto a = torch::zeros({2}).requires_grad_(true), b = torch::zeros({2}).requires_grad_(true);
  Optimiser optimiser({{.name = "a", .tensor = a}, {.name = "b", .tensor = b}}, Method::adamw, 0.0);
  (a.sum() * 3.0 + b.sum() * 4.0).backward();
  CHECK(optimiser.clip(1.0) == Approx(std::sqrt(50.0)));
  const auto norm = std::sqrt(a.grad().pow(2).sum().item<double>() + b.grad().pow(2).sum().item<double>());
  CHECK(norm == Approx(1.0));
  CHECK(optimiser.clip(2.0) == Approx(1.0));
}

TEST_CASE("schedules warm up, then fall to nothing or stay", "[train][optimiser]") {
  for (const auto decay : {Decay::linear, Decay::cosine, Decay::constant}) {
    CHECK(schedule(decay, 0, 100, 0.1) == Approx(0.1));
    CHECK(schedule(decay, 9, 100, 0.1) == Approx(1.0));
    CHECK(schedule(decay, 10, 100, 0.1) == Approx(1.0));
  }
  CHECK(schedule(Decay::linear, 55, 100, 0.1) == Approx(0.5));
  CHECK(schedule(Decay::cosine, 55, 100, 0.1) == Approx(0.5));
  CHECK(schedule(Decay::cosine, 32.5, 100, 0.1) == Approx(0.853553));
  CHECK(schedule(Decay::linear, 100, 100, 0.1) == Approx(0.0).margin(1e-12));
  CHECK(schedule(Decay::cosine, 100, 100, 0.1) == Approx(0.0).margin(1e-12));
  CHECK(schedule(Decay::constant, 99, 100, 0.1) == 1.0);
}
