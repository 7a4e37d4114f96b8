#include "model/train/masked/masked_training.hpp"

#include <set>

#include "model/train/masked/masked_batch.hpp"
#include "model/train/model_directory.hpp"
#include "tests/support/catch.hpp"
#include "tests/train/workshop.hpp"

using namespace tapewatch::model::train;
using Catch::Matchers::Contains;
namespace model = tapewatch::model;

namespace {

const std::function<void(const std::string&)> kSilent = [](const std::string&) {};

/// Four sentences that each word tells the rest of.
MaskedOptions small_run(const Workshop& workshop, const std::string& out) {
  std::string texts;
  for (const char* day : {"a", "b", "c", "d", "e", "f", "g", "h"}) {
    for (const char* text : {"bank profit rises", "oil loss falls", "gold unchanged flat", "record shares while"}) {
      texts += std::string(text) + " " + day + "\n";
    }
  }
  write_text(workshop.folder / "texts.txt", texts);
  return {.encoder = workshop.folder / "encoder",
          .out = workshop.folder / out,
          .texts = {workshop.folder / "texts.txt"},
          .epochs = 30,
          .batch = 8,
          .max_tokens = 16,
          .held_out = 0.2,
          .lr = 5e-3};
}

}  // namespace

TEST_CASE("a step hides a share of each text's own pieces and remembers them", "[train][masked]") {
  const auto vocabulary = model::Vocabulary::parse("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\nc\nd\n");
  std::vector<std::vector<std::int64_t>> rows(200, {2, 5, 6, 7, 8, 5, 6, 7, 8, 5, 6, 3});
  rows.push_back({2, 5, 3});
  Random random(1);
  const auto batch = make_masked_batch(rows, vocabulary, 0.3, random);
  REQUIRE(batch.places.numel() == 200 * 3 + 1);
  std::set<std::int64_t> places;
  double masked = 0.0, stayed = 0.0;
  for (std::int64_t i = 0; i < batch.places.numel(); ++i) {
    const auto place = batch.places[i].item<std::int64_t>();
    places.insert(place);
    const auto row = place / 12, column = place % 12;
    const auto was = rows[static_cast<std::size_t>(row)].at(static_cast<std::size_t>(column));
    REQUIRE(was > 4);  // neither [CLS] nor [SEP]
    CHECK(batch.guessed[i].item<std::int64_t>() == was);
    const auto now = batch.ids[row][column].item<std::int64_t>();
    masked += now == 4 ? 1.0 : 0.0;
    stayed += now == was ? 1.0 : 0.0;
  }
  CHECK(places.size() == 601);
  CHECK(masked / 601.0 == Approx(0.81).margin(0.05));
  CHECK(stayed / 601.0 == Approx(0.11).margin(0.05));
  CHECK(batch.mask[200].sum().item<double>() == 3.0);
}

TEST_CASE("an encoder learns which words go together, and is written as it was read", "[train][masked]") {
  const Workshop workshop;
  const auto options = small_run(workshop, "out");
  const auto result = train_masked(options, kSilent);
  CHECK(result.finished);
  CHECK(result.after.loss < 0.7 * result.before.loss);
  CHECK(result.after.accuracy > result.before.accuracy + 0.2);
  const auto before = read_encoder(options.encoder), after = read_encoder(options.out);
  CHECK(after.vocabulary == before.vocabulary);
  CHECK(after.tensors.size() == before.tensors.size());
  CHECK_FALSE(after.trained);
  CHECK_FALSE(torch::allclose(after.tensors.at("embeddings.word_embeddings.weight"),
                              before.tensors.at("embeddings.word_embeddings.weight")));
  CHECK_THROWS_WITH(train_masked(options, kSilent), Contains("exists already"));
}

TEST_CASE("a run that was stopped goes on to the same bits", "[train][masked]") {
  const Workshop workshop;
  auto options = small_run(workshop, "whole");
  options.epochs = 3;
  train_masked(options, kSilent);
  auto parts = small_run(workshop, "parts");
  parts.epochs = 3;
  parts.checkpoint = workshop.folder / "state";
  parts.stop_after = 5;
  CHECK_FALSE(train_masked(parts, kSilent).finished);
  parts.stop_after = 0;
  parts.resume = true;
  CHECK(train_masked(parts, kSilent).finished);
  CHECK(contents(options.out + "/model.safetensors") == contents(parts.out + "/model.safetensors"));
  parts.out = workshop.folder / "other";
  parts.lr = 1e-3;
  CHECK_THROWS_WITH(train_masked(parts, kSilent), Contains("other options"));
}

TEST_CASE("a model directory keeps its heads and its configuration", "[train][masked]") {
  const Workshop workshop;
  auto trained = workshop.all_tasks("model");
  trained.epochs = 1;
  train(trained, ignore);
  auto options = small_run(workshop, "out");
  options.encoder = trained.out;
  options.epochs = 1;
  train_masked(options, kSilent);
  CHECK(contents(options.out + "/config.json") == contents(trained.out + "/config.json"));
  const auto before = read_encoder(trained.out), after = read_encoder(options.out);
  REQUIRE(after.trained);
  CHECK(
      torch::equal(after.trained->tensors.at("heads.topic.weight"), before.trained->tensors.at("heads.topic.weight")));
}
