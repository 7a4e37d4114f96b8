#include "model/classifier.hpp"
#include "model/train/batches.hpp"
#include "model/train/model_directory.hpp"
#include "model/train/trainer.hpp"
#include "tests/support/catch.hpp"
#include "tests/train/workshop.hpp"

using namespace tapewatch::model::train;
namespace model = tapewatch::model;

TEST_CASE("what is exported is what the runtime computes", "[train]") {
  const Workshop workshop;
  auto options = workshop.options("out");
  options.epochs = 4;
  options.pooling = GENERATE("mean", "cls");
  train(options, ignore);

  const auto package = model::load_model(options.out);
  REQUIRE(package->topics().size() == 2);
  CHECK(package->topics()[0].id == "energy-oil");
  auto published = read_encoder(workshop.folder.path() / "encoder");
  published.shape.topics = 2;
  Network network(published.shape, options.pooling == "mean", 0.0);
  const auto bytes = contents(workshop.folder / "out/model.safetensors");
  const auto file = model::Safetensors::parse(std::as_bytes(std::span(bytes)), "out");
  NamedTensors values;
  for (const auto& [name, view] : file.tensors()) {
    values[name] = torch::empty(std::vector<std::int64_t>(view.shape.begin(), view.shape.end()));
    model::copy_floats(view, {values[name].data_ptr<float>(), static_cast<std::size_t>(values[name].numel())});
  }
  network.load(values);

  const auto vocabulary = model::Vocabulary::parse(published.vocabulary);
  const model::Tokenizer tokenizer(vocabulary);
  model::Classifier classifier(package);
  torch::NoGradGuard no_grad;
  for (const auto& [label, text] : kSentiment) {
    INFO(text);
    const auto rows = encode_rows({{.text = text, .source = "", .sentiment = 0, .topic = 0}}, tokenizer, 24, false);
    const auto batch = make_batch(rows, std::vector<std::size_t>{0});
    const auto logits = network.forward(batch.ids, batch.mask, false);
    const std::string_view texts[] = {text};
    const auto prediction = classifier.classify(texts).front();
    const auto config = package->config();
    const auto sentiment = torch::softmax(logits.sentiment[0] / static_cast<double>(config.sentiment_temperature), 0);
    const auto topic = torch::softmax(logits.topic[0] / static_cast<double>(config.topic_temperature), 0);
    for (int c = 0; c < 3; ++c) CHECK(std::abs(prediction.sentiment[c] - sentiment[c].item<float>()) < 1e-4F);
    for (int c = 0; c < 2; ++c) CHECK(std::abs(prediction.topics[c] - topic[c].item<float>()) < 1e-4F);
  }
}
