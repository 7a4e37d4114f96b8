#include "model/train/network/entity_head.hpp"

#include "model/text/tokenizer.hpp"
#include "model/train/data/batches.hpp"
#include "model/train/learn/trainer.hpp"
#include "model/train/model_directory.hpp"
#include "tests/support/catch.hpp"
#include "tests/train/workshop.hpp"

using namespace tapewatch::model::train;
namespace model = tapewatch::model;

TEST_CASE("the entity head learns who rises and who falls, in either order", "[train][entity]") {
  const Workshop workshop;
  auto options = workshop.all_tasks("out");
  options.train.sentiment = options.valid.sentiment = {};
  options.train.topic = options.valid.topic = {};
  // Neither the names nor the order reveal the label: only the context of the mention does.
  std::string learned = "label\tentity\ttext\n", held_out = learned;
  const std::vector<std::string> names{"bank", "oil", "gold", "shares"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    for (std::size_t j = 0; j < names.size(); ++j) {
      if (i == j) continue;
      for (const bool rises : {true, false}) {
        const auto& one = names[i];
        const auto& two = names[j];
        const auto text = one + (rises ? " rises while " : " falls while ") + two + (rises ? " falls" : " rises");
        auto& file = i == 0 && j == 1 ? held_out : learned;  // a pair of names never seen in this order in training
        file += std::string(rises ? "positive\t" : "negative\t") + one + "\t" + text + "\n";
        file += std::string(rises ? "negative\t" : "positive\t") + two + "\t" + text + "\n";
      }
    }
  }
  write_text(workshop.folder / "train.tsv", learned);
  write_text(workshop.folder / "valid.tsv", held_out);
  options.train.entity = {workshop.folder / "train.tsv"};
  options.valid.entity = {workshop.folder / "valid.tsv"};
  options.epochs = 40;
  options.dropout = 0.0;
  const auto result = train(options, ignore);
  REQUIRE(result.best.size() == 2);
  CHECK(result.best[0].source == "written");
  CHECK(result.best[1].source == "written (conflicting)");
  for (const auto& score : result.best) CHECK(score.accuracy == Approx(1.0));
}

TEST_CASE("an entity's answer does not depend on its neighbours in the batch", "[train][entity]") {
  torch::manual_seed(5);
  const Network network({.hidden_size = 12,
                         .layers = 1,
                         .heads = 2,
                         .intermediate_size = 8,
                         .max_position = 16,
                         .vocab_size = 40,
                         .entity_heads = 3},
                        true, 0.0);
  std::vector<EncodedRow> rows{{.ids = {1, 7, 8, 9, 2}, .entities = {{{1, 2}, 0}, {{3}, 2}}},
                               {.ids = {1, 11, 2}, .entities = {}},
                               {.ids = {1, 12, 13, 14, 15, 16, 2}, .entities = {{{4}, 1}}}};
  const std::vector<std::size_t> all{0, 1, 2}, first{0}, last{2};
  torch::NoGradGuard no_grad;
  const auto together = network.forward(make_batch(rows, all).input, false).entity;
  REQUIRE(together.size(0) == 3);
  CHECK(torch::allclose(together.slice(0, 0, 2), network.forward(make_batch(rows, first).input, false).entity, 1e-5,
                        1e-6));
  CHECK(torch::allclose(together.slice(0, 2, 3), network.forward(make_batch(rows, last).input, false).entity, 1e-5,
                        1e-6));
  CHECK_FALSE(torch::allclose(together[0], together[1], 1e-3, 1e-4));
}

TEST_CASE("mentions are found as written, in other case, or stand for the whole text", "[train][entity]") {
  const auto vocabulary = model::Vocabulary::parse("[PAD]\n[UNK]\n[CLS]\n[SEP]\nacme\ncorp\nbeats\n##s\nglobex\n");
  const model::Tokenizer tokenizer(vocabulary);
  const auto rows =
      encode_texts({{.text = "Globex beats Acme Corp", .entities = {{"Acme Corp", 2}, {"GLOBEX", 0}, {"Initech", 1}}}},
                   tokenizer, 16, false);
  REQUIRE(rows.size() == 1);
  REQUIRE(rows[0].ids.size() == 6);
  CHECK(rows[0].entities[0].tokens == std::vector<std::size_t>{3, 4});
  CHECK(rows[0].entities[1].tokens == std::vector<std::size_t>{1});
  CHECK(rows[0].entities[2].tokens == std::vector<std::size_t>{0, 1, 2, 3, 4, 5});
}
