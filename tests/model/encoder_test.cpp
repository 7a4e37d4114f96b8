#include "model/encoder.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "tests/model/plain_encoder.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::model {
namespace {

// Shapes that do not fill a panel or a vector, besides ordinary ones.
const std::vector<test::TinyShape> kShapes{
    {.hidden = 32, .layers = 2, .heads = 2, .intermediate = 64},
    {.hidden = 40, .layers = 3, .heads = 5, .intermediate = 72},
    {.hidden = 21, .layers = 1, .heads = 3, .intermediate = 31},
    {.hidden = 48, .layers = 2, .heads = 1, .intermediate = 800},
    {.hidden = 16, .layers = 2, .heads = 16, .intermediate = 16},
    // Layers that lost heads, of which none, one or all but one are left.
    {.hidden = 40, .layers = 3, .heads = 5, .intermediate = 72, .layer_heads = {5, 1, 3}},
    {.hidden = 21, .layers = 2, .heads = 3, .intermediate = 31, .layer_heads = {2, 1}},
};

EncoderWeights load(const test::TinyModel& model) {
  const auto bytes = model.safetensors();
  const auto config = parse_model_config(model.config_json(), "tiny");
  return load_encoder(Safetensors::parse(std::as_bytes(std::span(bytes)), "tiny"), config.encoder);
}

std::vector<std::vector<std::int32_t>> texts(std::size_t vocabulary) {
  std::vector<std::vector<std::int32_t>> all;
  for (const std::size_t length : {2, 3, 5, 16, 17, 31, 47}) {
    auto& ids = all.emplace_back();
    for (std::size_t i = 0; i < length; ++i) ids.push_back(static_cast<std::int32_t>((i * 7 + length) % vocabulary));
  }
  return all;
}

void add(Batch& batch, const std::vector<std::int32_t>& ids) {
  std::vector<Token> tokens;
  for (const auto id : ids) tokens.push_back({id, 0, 0});
  batch.add(tokens);
}

TEST_CASE("The encoder agrees with the plain one for odd shapes, with every kernel") {
  for (const auto& shape : kShapes) {
    const test::TinyModel model(shape, 5);
    const auto weights = load(model);
    const test::PlainEncoder plain(model);
    Batch batch;
    const auto all = texts(weights.shape.vocab_size);
    for (const auto& ids : all) add(batch, ids);
    for (const auto* kernels : available_kernels()) {
      INFO("hidden " << shape.hidden << ", " << kernels->name);
      Encoder encoder(weights, 48, *kernels);
      const auto states = encoder.encode(batch, States::all_tokens);
      REQUIRE(states.size() == batch.tokens() * shape.hidden);
      for (std::size_t text = 0; text < all.size(); ++text) {
        const auto expected = plain.encode(all[text]);
        double worst = 0;
        for (std::size_t i = 0; i < all[text].size(); ++i) {
          const float* row = states.data() + (batch.starts[text] + i) * shape.hidden;
          for (std::size_t k = 0; k < shape.hidden; ++k) worst = std::max(worst, std::abs(row[k] - expected[i][k]));
        }
        CHECK(worst < 2e-4);
      }
    }
  }
}

TEST_CASE("First tokens alone are the same bits as first tokens among all") {
  for (const auto& shape : kShapes) {
    const test::TinyModel model(shape, 6);
    const auto weights = load(model);
    Batch batch;
    for (const auto& ids : texts(weights.shape.vocab_size)) add(batch, ids);
    Encoder encoder(weights, 48);
    const auto all = encoder.encode(batch, States::all_tokens);
    std::vector<float> expected;
    for (std::size_t text = 0; text < batch.texts(); ++text) {
      const auto* row = all.data() + batch.starts[text] * shape.hidden;
      expected.insert(expected.end(), row, row + shape.hidden);
    }
    const auto first = encoder.encode(batch, States::first_tokens);
    REQUIRE(first.size() == expected.size());
    CHECK(std::memcmp(first.data(), expected.data(), first.size_bytes()) == 0);
  }
}

TEST_CASE("Weights in half precision give the same states where they hold the values exactly") {
  const test::TinyModel whole({.dtype = DType::f32}, 7), half({.dtype = DType::f16}, 7);
  const auto weights = load(whole), halves = load(half);
  Batch batch;
  for (const auto& ids : texts(weights.shape.vocab_size)) add(batch, ids);
  Encoder one(weights, 48), other(halves, 48);
  const auto a = one.encode(batch, States::all_tokens);
  const auto b = other.encode(batch, States::all_tokens);
  CHECK(std::memcmp(a.data(), b.data(), a.size_bytes()) == 0);
}

}  // namespace
}  // namespace tapewatch::model
