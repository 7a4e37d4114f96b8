#include "model/train/network/adapters.hpp"

#include "model/train/learn/trainer.hpp"
#include "model/train/model_directory.hpp"
#include "model/train/network/rank_allocator.hpp"
#include "model/train/network/trained_tensors.hpp"
#include "tests/support/catch.hpp"
#include "tests/train/workshop.hpp"

using namespace tapewatch::model::train;

namespace {

constexpr NetworkShape kShape{.hidden_size = 16,
                              .layers = 2,
                              .heads = 2,
                              .intermediate_size = 24,
                              .max_position = 16,
                              .vocab_size = 30,
                              .topics = 2,
                              .entity_heads = 2};

NetworkInput some_input() {
  return {.ids = torch::tensor({{2, 5, 9, 11, 3}, {2, 7, 3, 0, 0}}, torch::kLong),
          .mask = torch::tensor({{1.F, 1.F, 1.F, 1.F, 1.F}, {1.F, 1.F, 1.F, 0.F, 0.F}}),
          .owner = torch::tensor({0}, torch::kLong),
          .mention = torch::tensor({{0.F, 0.5F, 0.5F, 0.F, 0.F}})};
}

Network adapted_network(AdapterKind kind) {
  torch::manual_seed(8);
  Network network(kShape, true, 0.0);
  network.adapt(new_adapters(network, {.kind = kind, .rank = 3, .matrices = {"query", "value", "intermediate", "ffn"}}),
                2.0);
  return network;
}

}  // namespace

TEST_CASE("new adapters change nothing, and merged ones give the same output", "[train][adapters]") {
  const auto kind = GENERATE(AdapterKind::lora, AdapterKind::adalora);
  auto network = adapted_network(kind);
  torch::NoGradGuard no_grad;
  auto plain = network.tensors();
  std::erase_if(plain, [](const auto& item) { return item.first.starts_with(kAdapterPrefix); });
  const auto input = some_input();
  const auto before = network.forward(input, false);
  CHECK(torch::equal(before.sentiment, Network(network, plain).forward(input, false).sentiment));

  for (const auto& [name, tensor] : network.tensors()) {
    auto values = tensor;
    if (name.starts_with(kAdapterPrefix)) values.copy_(torch::randn_like(tensor) * 0.3);
  }
  const auto adapted = network.forward(input, false);
  const auto merged_tensors = merge_adapters(network.tensors(), network.adapter_scale());
  CHECK(merged_tensors.size() == plain.size());
  const auto merged = Network(network, merged_tensors).forward(input, false);
  CHECK((adapted.sentiment - before.sentiment).abs().max().item<float>() > 1e-3F);
  CHECK((adapted.sentiment - merged.sentiment).abs().max().item<float>() < 1e-5F);
  CHECK((adapted.topic - merged.topic).abs().max().item<float>() < 1e-5F);
  CHECK((adapted.entity - merged.entity).abs().max().item<float>() < 1e-5F);
}

TEST_CASE("with adapters the encoder itself does not learn", "[train][adapters]") {
  const Workshop workshop;
  auto options = workshop.all_tasks("out");
  options.adapters = {.kind = GENERATE(AdapterKind::lora, AdapterKind::adalora), .rank = 2};
  options.target_rank = 1.0;
  options.lr_adapters = 3e-2;
  const auto published = read_encoder(options.encoder);
  const auto result = train(options, ignore);
  std::size_t moved = 0;
  for (const auto& [name, tensor] : result.tensors) {
    INFO(name);
    if (const auto found = published.tensors.find(name); found != published.tensors.end()) {
      CHECK(torch::equal(tensor, found->second));
    } else if (name.starts_with(kAdapterPrefix)) {
      moved += tensor.ne(0.0).any().item<bool>() ? 1 : 0;
    }
  }
  CHECK(moved > 0);
  // The exported model has the adapters merged into its plain matrices.
  const auto written = read_encoder(options.out);
  CHECK(written.tensors.size() == published.tensors.size());
  float change = 0.0F;  // AdaLoRA may have pruned some of them whole
  for (const char* const role : {"query", "value"}) {
    for (const char* const layer : {"0", "1"}) {
      const auto name = fmt::format("encoder.layer.{}.attention.self.{}.weight", layer, role);
      change = std::max(change, (written.tensors.at(name) - published.tensors.at(name)).abs().max().item<float>());
    }
  }
  CHECK(change > 1e-2F);
}

TEST_CASE("the rank budget falls along a cubic from all to its target", "[train][adapters]") {
  const RankBudget budget{.first = 64, .last = 16, .steps = 100, .warmup = 10, .finish = 30};
  CHECK(budget.at(0) == 64);
  CHECK(budget.at(10) == Approx(64));
  CHECK(budget.at(40) == Approx(16 + 48 * 0.125));
  CHECK(budget.at(70) == 16);
  CHECK(budget.at(99) == 16);
}

TEST_CASE("AdaLoRA ends with as many singular values as its budget has, where the gradient is", "[train][adapters]") {
  auto network = adapted_network(AdapterKind::adalora);
  auto trained = trained_tensors(network, {});
  RankAllocator ranks(network.tensors(), {.last = 5, .steps = 40, .warmup = 4, .finish = 10, .every = 3});
  CHECK(ranks.budget().first == 8 * 3);
  const std::string wanted = "adapters.encoder.layer.1.attention.self.value";
  for (int step = 0; step < 40; ++step) {
    torch::Tensor loss = torch::zeros({});
    for (const auto& one : trained) {
      if (!one.name.starts_with(kAdapterPrefix)) continue;
      const double importance = one.name.starts_with(wanted) ? 10.0 : 0.1;
      const double sign = step % 2 == 0 ? 1.0 : 0.5;  // an uncertain sensitivity
      loss = loss + (one.tensor * sign - 1.0).pow(2).sum() * importance;
    }
    for (auto& one : trained) one.tensor.mutable_grad() = torch::Tensor();
    loss.backward();
    ranks.observe();
    torch::NoGradGuard no_grad;
    for (auto& one : trained) {
      if (one.tensor.grad().defined()) one.tensor.sub_(one.tensor.grad() * 0.01);
    }
    ranks.prune(step, {});
    if (step >= 29) CHECK(ranks.rank_sum() == 5);
  }
  CHECK(network.tensors().at(wanted + ".singular").ne(0.0).sum().item<int>() == 3);
  CHECK(orthogonality(network.tensors()).item<double>() > 0.0);
}

TEST_CASE("a run with AdaLoRA meets its budget and resumes to the bit", "[train][adapters]") {
  const Workshop workshop;
  auto whole = workshop.all_tasks("whole");
  whole.adapters = {.kind = AdapterKind::adalora, .rank = 4};
  whole.target_rank = 1.5;
  whole.rank_every = 2;
  whole.ema = 0.8;
  whole.schedule = "cosine";
  const auto expected = train(whole, ignore);
  std::int64_t kept = 0;
  for (const auto& [name, tensor] : expected.tensors) {
    if (name.ends_with(".singular")) kept += tensor.ne(0.0).sum().item<std::int64_t>();
  }
  CHECK(kept == 6);  // 1.5 of each of four matrices

  auto parts = whole;
  parts.out = workshop.folder / "parts";
  parts.checkpoint = workshop.folder / "state";
  parts.stop_after = 4;
  auto result = train(parts, ignore);
  for (parts.resume = true; !result.finished;) result = train(parts, ignore);
  for (const auto& [name, tensor] : expected.tensors) {
    INFO(name);
    CHECK(torch::equal(tensor, result.tensors.at(name)));
  }
  CHECK(contents(workshop.folder / "whole/model.safetensors") == contents(workshop.folder / "parts/model.safetensors"));
}
