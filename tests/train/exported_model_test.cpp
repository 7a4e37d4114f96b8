#include "model/classifier.hpp"
#include "model/package/quantised_tensors.hpp"
#include "model/train/data/batches.hpp"
#include "model/train/data/mentions.hpp"
#include "model/train/learn/trainer.hpp"
#include "model/train/model_directory.hpp"
#include "tests/model/files.hpp"
#include "tests/support/catch.hpp"
#include "tests/train/workshop.hpp"

using namespace tapewatch::model::train;
namespace model = tapewatch::model;

TEST_CASE("a run without topic labels keeps the topics of a model and gives a new one a single topic", "[train]") {
  const Workshop workshop;
  train(workshop.options("first"), ignore);
  auto options = workshop.options("second");
  options.train.topic.clear();
  options.valid.topic.clear();
  options.epochs = 1;
  const bool new_one = GENERATE(false, true);
  if (!new_one) options.encoder = workshop.folder / "first";
  train(options, ignore);
  const auto package = model::load_model(options.out);
  const auto tasks = read_encoder(options.out).trained->tasks;
  REQUIRE(package->topics().size() == (new_one ? 1 : 2));
  CHECK(package->topics()[0].id == (new_one ? "news" : "energy-oil"));
  CHECK(tasks.size() == (new_one ? 1 : 2));
}

TEST_CASE("training goes on from a model in 8-bit integers as from the floats that they stand for", "[train]") {
  const Workshop workshop;
  train(workshop.options("first"), ignore);
  const auto folder = std::filesystem::path(workshop.folder / "first"), file = folder / "model.safetensors";
  const auto before = read_encoder(folder);
  const auto floats = model::test::read_file(file);
  model::test::write_file(file,
                          model::quantise_file(model::Safetensors::parse(std::as_bytes(std::span(floats)), "first"),
                                               model::load_model(folder.string())->config().encoder));
  const auto after = read_encoder(folder);
  REQUIRE(after.tensors.size() == before.tensors.size());  // no scales
  for (const auto& [name, tensor] : before.tensors) {
    INFO(name);
    const auto difference = (after.tensors.at(name) - tensor).abs().max().item<float>();
    CHECK(difference <= tensor.abs().max().item<float>() / 253);
  }
  CHECK_FALSE(
      after.tensors.at(std::string(model::kWordTable)).equal(before.tensors.at(std::string(model::kWordTable))));
  auto options = workshop.options("second");
  options.encoder = folder.string();
  options.epochs = 1;
  train(options, ignore);
  CHECK_NOTHROW(model::load_model(options.out));

  const std::vector<std::byte> integers(6);
  model::test::write_file(file, model::write_safetensors(std::vector<model::TensorToWrite>{
                                    {std::string(model::kWordTable), model::DType::i8, {2, 3}, {}, integers}}));
  CHECK_THROWS_WITH(read_encoder(folder),
                    Catch::Matchers::Contains(".scale: expected shape [2], found no such tensor"));
}

TEST_CASE("what is exported is what the runtime computes", "[train]") {
  const Workshop workshop;
  auto options = workshop.all_tasks("out");
  options.epochs = 4;
  options.pooling = GENERATE("mean", "cls");
  train(options, ignore);

  const auto package = model::load_model(options.out);
  REQUIRE(package->topics().size() == 2);
  CHECK(package->topics()[0].id == "energy-oil");
  const auto written = read_encoder(options.out);
  REQUIRE(written.trained);
  CHECK(written.trained->mean_pooling == (options.pooling == "mean"));
  CHECK((written.trained->tasks == std::vector<Task>{Task::sentiment, Task::topic, Task::entity}));
  Network network(written.shape, options.pooling == "mean", 0.0);
  network.load(written.tensors);
  network.load(written.trained->tensors);

  const auto vocabulary = model::Vocabulary::parse(written.vocabulary);
  const model::Tokenizer tokenizer(vocabulary);
  model::Classifier classifier(package);
  torch::NoGradGuard no_grad;
  const auto config = package->config();
  const auto check = [](const auto& probabilities, const torch::Tensor& logits, const model::Calibration& by) {
    const auto margins = (logits.max() - logits).to(torch::kDouble) / static_cast<double>(by.temperature);
    const auto expected = torch::softmax(-margins.pow(static_cast<double>(by.exponent)), 0).to(torch::kFloat);
    for (std::size_t c = 0; c < probabilities.size(); ++c) {
      CHECK(std::abs(probabilities[c] - expected[static_cast<std::int64_t>(c)].item<float>()) < 1e-4F);
    }
  };
  for (const auto& [label, text] : kSentiment) {
    INFO(text);
    const auto rows = encode_texts({{.text = text, .entities = {{"rises"}, {"nobody"}}}}, tokenizer, 24, false);
    const auto logits = network.forward(make_batch(rows, std::vector<std::size_t>{0}).input, false);
    std::vector<model::Mentions> asked(2);
    if (const auto mention = find_mention(text, "rises")) asked[0] = {{mention->start, mention->end}};
    const model::TextInput texts[] = {{.text = text, .entities = asked}};
    const auto prediction = classifier.classify(texts).front();
    check(prediction.sentiment, logits.sentiment[0], config.sentiment_calibration);
    check(prediction.topics, logits.topic[0], config.topic_calibration);
    REQUIRE(prediction.entities.size() == 2);
    for (std::size_t i = 0; i < 2; ++i) {
      check(prediction.entities[i].probabilities, logits.entity[static_cast<std::int64_t>(i)],
            config.entity_calibration);
    }
  }
}
