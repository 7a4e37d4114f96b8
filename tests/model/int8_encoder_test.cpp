// The encoder in 8-bit integers: the same bits with every set of kernels and in any batch, and close to the floats.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>

#include "model/classifier.hpp"
#include "model/encoder.hpp"
#include "tests/model/files.hpp"
#include "tests/model/plain_encoder.hpp"
#include "tests/model/tiny_model.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::model {
namespace {

const std::vector<test::TinyShape> kShapes{
    {.hidden = 32, .layers = 2, .heads = 2, .intermediate = 64},
    {.hidden = 40, .layers = 3, .heads = 5, .intermediate = 72},
    {.hidden = 21, .layers = 1, .heads = 3, .intermediate = 31},
    {.hidden = 48, .layers = 2, .heads = 1, .intermediate = 800},
    {.hidden = 40, .layers = 3, .heads = 5, .intermediate = 72, .layer_heads = {5, 1, 3}},
};

EncoderWeights load(const test::TinyModel& model, const Engine& engine) {
  const auto bytes = model.safetensors();
  const auto config = parse_model_config(model.config_json(), "tiny");
  return load_encoder(Safetensors::parse(std::as_bytes(std::span(bytes)), "tiny"), config.encoder, engine);
}

Batch batch_of(std::span<const std::size_t> lengths, std::size_t vocabulary) {
  Batch batch;
  std::mt19937 random(3);
  for (const std::size_t length : lengths) {
    std::vector<Token> tokens;
    for (std::size_t i = 0; i < length; ++i) {
      tokens.push_back({static_cast<std::int32_t>(random() % vocabulary), 0, 0});
    }
    batch.add(tokens);
  }
  return batch;
}

std::vector<float> encode(const test::TinyModel& model, const Kernels& kernels, const Batch& batch, States states) {
  const auto weights = load(model, {.precision = Precision::int8, .kernels = &kernels});
  Encoder encoder(weights, 48, kernels);
  const auto found = encoder.encode(batch, states);
  return {found.begin(), found.end()};
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

TEST_CASE("The 8-bit encoder gives the same bits with every set of kernels, for odd shapes too") {
  const std::size_t lengths[] = {2, 3, 5, 16, 17, 31, 47};
  for (const auto& shape : kShapes) {
    const test::TinyModel model(shape, 5);
    const auto batch = batch_of(lengths, 60);
    for (const auto states : {States::all_tokens, States::first_tokens}) {
      const auto expected = encode(model, *available_kernels().front(), batch, states);
      for (const auto* kernels : available_kernels()) {
        INFO("hidden " << shape.hidden << ", " << kernels->name);
        CHECK(same_bits(encode(model, *kernels, batch, states), expected));
      }
    }
  }
}

TEST_CASE("The 8-bit encoder stays close to the floats'") {
  const std::size_t lengths[] = {4, 20, 40};
  for (const auto& shape : kShapes) {
    const test::TinyModel model(shape, 5);
    const auto batch = batch_of(lengths, 60);
    const auto found = encode(model, best_kernels(), batch, States::all_tokens);
    double squares = 0, errors = 0;
    for (std::size_t text = 0; text < batch.texts(); ++text) {
      const auto* ids = batch.ids.data() + batch.starts[text];
      const auto expected = test::PlainEncoder(model).encode({ids, ids + batch.length(text)});
      for (std::size_t i = 0; i < batch.length(text); ++i) {
        for (std::size_t k = 0; k < shape.hidden; ++k) {
          const double difference = found[(batch.starts[text] + i) * shape.hidden + k] - expected[i][k];
          squares += expected[i][k] * expected[i][k];
          errors += difference * difference;
        }
      }
    }
    CHECK(std::sqrt(errors / squares) < 0.05);
    CHECK(errors > 0);  // it was not the floats
  }
}

bool same_bits(const Prediction& a, const Prediction& b) {
  return std::memcmp(a.sentiment.data(), b.sentiment.data(), sizeof a.sentiment) == 0 &&
         a.topics.size() == b.topics.size() &&
         std::memcmp(a.topics.data(), b.topics.data(), a.topics.size() * sizeof(float)) == 0 &&
         a.entities.size() == b.entities.size() &&
         std::equal(a.entities.begin(), a.entities.end(), b.entities.begin(), [](const auto& x, const auto& y) {
           return std::memcmp(x.probabilities.data(), y.probabilities.data(), sizeof x.probabilities) == 0;
         });
}

TEST_CASE("Two thousand texts have the same scores in each precision with every set of kernels, alone and together") {
  auto texts = test::random_texts(2000, 21);
  for (auto& text : texts) text.resize(std::min<std::size_t>(text.size(), 24));  // the portable set takes its time
  const std::vector<Mentions> whole{{}};
  std::vector<TextInput> inputs;
  for (const auto& text : texts) inputs.push_back({.text = text, .entities = whole});
  for (const auto precision : {Precision::fp32, Precision::int8}) {
    const test::TinyModel model({.hidden = 40, .heads = 5, .intermediate = 24, .entity_heads = 5}, 8);
    Classifier alone(model.load({.precision = precision}));
    const auto expected =
        Classifier(model.load({.precision = precision, .kernels = available_kernels().front()})).classify(inputs);
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (!same_bits(alone.classify(std::span(inputs).subspan(i, 1)).front(), expected[i])) FAIL("text " << i);
    }
    for (const auto* kernels : available_kernels()) {
      const auto found = Classifier(model.load({.precision = precision, .kernels = kernels})).classify(inputs);
      for (std::size_t i = 0; i < texts.size(); ++i) {
        if (!same_bits(found[i], expected[i])) FAIL(kernels->name << ", " << to_string(precision) << ", text " << i);
      }
    }
  }
}

TEST_CASE("The shipped model in 8 bits: the same scores with every set of kernels, near those of fp32") {
  const auto weights = test::source_dir() / "model/weights/builtin/model.safetensors";
  if (!std::filesystem::exists(weights)) return;
  const std::vector<std::string_view> texts{
      "Acme Corp shares plunge 14% after the company cuts its full-year profit forecast",
      "Regulators warned on Monday that leveraged lenders face mounting losses", "Profit rises", "",
      "The central bank left its rate unchanged at 4.25% and said that it would wait for the inflation figures"};
  const auto fp32 = Classifier(load_model("builtin")).classify(texts);
  const auto package = load_model("builtin", {.precision = Precision::int8});
  const auto int8 = Classifier(package).classify(texts);
  CHECK(package->version() == load_model("builtin")->version() + "+int8");
  for (std::size_t i = 0; i < texts.size(); ++i) {
    CHECK(int8[i].label() == fp32[i].label());
    CHECK(int8[i].topic() == fp32[i].topic());
    for (std::size_t k = 0; k < kSentiments; ++k) CHECK(std::abs(int8[i].sentiment[k] - fp32[i].sentiment[k]) < 0.05);
  }
  for (const auto* kernels : available_kernels()) {
    const auto found =
        Classifier(load_model("builtin", {.precision = Precision::int8, .kernels = kernels})).classify(texts);
    for (std::size_t i = 0; i < texts.size(); ++i) CHECK(same_bits(found[i], int8[i]));
  }
}

}  // namespace
}  // namespace tapewatch::model
