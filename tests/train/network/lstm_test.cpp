#include "model/train/network/lstm.hpp"

#include "model/train/data/batches.hpp"
#include "model/train/learn/trainer.hpp"
#include "tests/support/catch.hpp"
#include "tests/train/workshop.hpp"

using namespace tapewatch::model::train;

TEST_CASE("an LSTM's answer does not depend on its neighbours in the batch", "[train][lstm]") {
  torch::manual_seed(5);
  const Network network({.architecture = Architecture::lstm, .hidden_size = 12, .layers = 2, .vocab_size = 40}, true,
                        0.0);
  const std::vector<EncodedRow> rows{{.ids = {1, 7, 2}}, {.ids = {1, 7, 8, 9, 10, 11, 2}}, {.ids = {1, 12, 13, 2}}};
  torch::NoGradGuard no_grad;
  const std::vector<std::size_t> all{0, 1, 2};
  const auto together = network.forward(make_batch(rows, all).input, false).sentiment;
  for (const auto row : all) {
    const auto alone = network.forward(make_batch(rows, std::vector<std::size_t>{row}).input, false).sentiment[0];
    CHECK(torch::allclose(together[static_cast<std::int64_t>(row)], alone, 1e-5, 1e-6));
  }
}

TEST_CASE("encoders from scratch learn a dozen sentences and go on from a checkpoint to the bit", "[train][lstm]") {
  const Workshop workshop;
  auto options = workshop.all_tasks("out");
  options.from_scratch = GENERATE("lstm", "bert");
  INFO(options.from_scratch);
  options.hidden_size = 32;
  options.scratch_heads = 4;
  options.layers = 1;
  options.epochs = 60;
  options.dropout = 0.0;
  options.label_smoothing = 0.0;
  options.lr_encoder = options.lr_heads = 1e-2;
  auto parts = options;
  const auto result = train(options, ignore);
  for (const auto& score : result.best) {
    INFO(to_string(score.task) << " " << score.source);
    CHECK(score.accuracy == Approx(1.0));
  }
  parts.epochs = 2;
  const auto expected = train(parts, ignore);
  parts.checkpoint = workshop.folder / "state";
  parts.stop_after = 6;
  train(parts, ignore);
  parts.resume = true;
  const auto resumed = train(parts, ignore);
  for (const auto& [name, tensor] : expected.tensors) {
    INFO(name);
    CHECK(torch::equal(tensor, resumed.tensors.at(name)));
  }
}
