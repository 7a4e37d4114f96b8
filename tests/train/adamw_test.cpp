#include "model/train/adamw.hpp"

#include "tests/support/catch.hpp"

using namespace tapewatch::model::train;

TEST_CASE("AdamW takes the steps that libtorch's takes", "[train][adamw]") {
  torch::manual_seed(3);
  const auto start = torch::randn({7, 5});
  auto ours = start.clone().requires_grad_(true), theirs = start.clone().requires_grad_(true);
  AdamW optimiser({{.name = "w", .tensor = ours, .rate = 0.01, .weight_decay = 0.1}});
  torch::optim::AdamW reference({theirs}, torch::optim::AdamWOptions(0.01).weight_decay(0.1).eps(1e-6));
  for (int i = 0; i < 25; ++i) {
    const auto target = torch::randn({7, 5});
    optimiser.zero_grad();
    reference.zero_grad();
    (ours - target).pow(2).sum().backward();
    (theirs - target).pow(2).sum().backward();
    optimiser.step(1.0);
    reference.step();
  }
  CHECK((ours - theirs).abs().max().item<float>() < 1e-5F);
}

TEST_CASE("clipping scales the joint norm down to its limit", "[train][adamw]") {
  auto a = torch::zeros({2}).requires_grad_(true), b = torch::zeros({2}).requires_grad_(true);
  AdamW optimiser({{.name = "a", .tensor = a}, {.name = "b", .tensor = b}});
  (a.sum() * 3.0 + b.sum() * 4.0).backward();
  CHECK(optimiser.clip(1.0) == Approx(std::sqrt(50.0)));
  const auto norm = std::sqrt(a.grad().pow(2).sum().item<double>() + b.grad().pow(2).sum().item<double>());
  CHECK(norm == Approx(1.0));
  CHECK(optimiser.clip(2.0) == Approx(1.0));
}
