#include "model/train/network/trained_tensors.hpp"

#include <set>

#include "tests/support/catch.hpp"

using namespace tapewatch::model::train;

namespace {

Network tiny(Architecture architecture = Architecture::bert) {
  return Network({.architecture = architecture,
                  .hidden_size = 8,
                  .layers = 2,
                  .heads = 2,
                  .intermediate_size = 8,
                  .max_position = 8,
                  .vocab_size = 9},
                 true, 0.0);
}

}  // namespace

TEST_CASE("rates fall towards the embeddings and norms do not decay", "[train]") {
  const auto network = tiny();
  const auto trained =
      trained_tensors(network, {.encoder = 1.0, .heads = 10.0, .layer_decay = 0.5, .freeze_embeddings = true});
  for (const auto& one : trained) {
    INFO(one.name);
    CHECK(one.name != "embeddings.word_embeddings.weight");
    const double expected = one.name.starts_with("heads.")            ? 10.0
                            : one.name.starts_with("encoder.layer.1") ? 1.0
                            : one.name.starts_with("encoder.layer.0") ? 0.5
                                                                      : 0.25;
    CHECK(one.rate == Approx(expected));
    if (one.name.ends_with("bias") || one.name.find("LayerNorm") != std::string::npos) CHECK(one.weight_decay == 0.0);
  }
  CHECK(trained.size() == network.tensors().size() - 1);
}

TEST_CASE("an LSTM's pooling learns like its top layer", "[train]") {
  const auto trained =
      trained_tensors(tiny(Architecture::lstm), {.encoder = 1.0, .layer_decay = 0.5, .freeze_layers = 1});
  std::size_t pooling = 0, below = 0;
  for (const auto& one : trained) {
    if (one.name.starts_with("encoder.pooling.")) {
      ++pooling;
      CHECK(one.rate == 1.0);
    }
    below += one.name.starts_with("encoder.layer.0.") || one.name.starts_with("embeddings.") ? 1 : 0;
  }
  CHECK(pooling == 4);
  CHECK(below == 0);
}

TEST_CASE("frozen layers get no gradient and the rest does", "[train]") {
  const auto architecture = GENERATE(Architecture::bert, Architecture::mpnet);
  const auto network = tiny(architecture);
  std::set<std::string> trained;
  for (const auto& one : trained_tensors(network, {.freeze_layers = 1})) trained.insert(one.name);
  const auto ids = torch::tensor({{1, 2, 3}, {4, 5, 0}}, torch::kLong);
  const auto mask = torch::tensor({{1.0F, 1.0F, 1.0F}, {1.0F, 1.0F, 0.0F}});
  const auto logits = network.forward({.ids = ids, .mask = mask}, true);
  (logits.sentiment.sum() + logits.topic.sum()).backward();
  for (const auto& [name, tensor] : network.tensors()) {
    INFO(name);
    const bool above = name.starts_with("encoder.layer.1.") || name.starts_with("heads.");
    CHECK(trained.contains(name) == above);
    CHECK(tensor.grad().defined() == above);
  }
}
