#include <cmath>
#include <cstring>
#include <random>

#include "model/classifier.hpp"
#include "model/package/model_error.hpp"
#include "tests/model/plain_encoder.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::model {
namespace {

using Catch::Matchers::Contains;

test::TinyModel make_model(const char* pooling = "mean", std::size_t hidden = 32, std::size_t heads = 4) {
  return test::TinyModel({.hidden = hidden, .pooling = pooling, .entity_heads = heads}, 21);
}

/// softmax(logits / temperature) of the plain model, for the tokens that lie in the byte spans.
std::vector<double> plain_answer(const test::TinyModel& model, const ModelPackage& package, std::string_view text,
                                 const Mentions& mentions) {
  std::vector<std::int32_t> ids;
  std::vector<std::size_t> mentioned, all;
  for (const auto& token : package.tokenizer().encode(text, 48).tokens) {
    const bool inside = std::any_of(mentions.begin(), mentions.end(), [&](const auto& mention) {
      return token.start != token.end && token.start < mention.end && token.end > mention.start;
    });
    if (inside) mentioned.push_back(ids.size());
    all.push_back(ids.size());
    ids.push_back(token.id);
  }
  const test::PlainEncoder plain(model);
  auto values = plain.entity_logits(plain.encode(ids), mentioned.empty() ? all : mentioned);
  double sum = 0;
  for (auto& value : values) sum += value = std::exp(value / 0.8);
  for (auto& value : values) value /= sum;
  return values;
}

bool same_bits(const SentimentScore& a, const SentimentScore& b) {
  return std::memcmp(&a, &b, sizeof(SentimentScore)) == 0;
}

TEST_CASE("The entity head computes the multi-head attention of its definition") {
  for (const auto& [hidden, heads] : {std::pair<std::size_t, std::size_t>{32, 4}, {32, 1}, {40, 5}}) {
    const auto model = make_model("mean", hidden, heads);
    const auto package = model.load();
    Classifier classifier(package);
    const std::string_view text = "the bank falls. profit xyz";
    const std::vector<Mentions> entities{{{4, 8}},            // one piece
                                         {{23, 26}},          // "xyz": three pieces
                                         {{4, 8}, {16, 22}},  // two mentions
                                         {{5, 6}},            // inside a piece
                                         {},                  // named only by the source
                                         {{90, 95}}};         // past the end
    const TextInput input{text, entities};
    const auto prediction = classifier.classify({&input, 1}).front();
    REQUIRE(prediction.entities.size() == entities.size());
    for (std::size_t e = 0; e < entities.size(); ++e) {
      const auto expected = plain_answer(model, *package, text, entities[e]);
      for (std::size_t i = 0; i < 3; ++i) {
        CHECK(prediction.entities[e].probabilities[i] == Approx(expected[i]).margin(1e-4));
      }
    }
    CHECK(same_bits(prediction.entities[0], prediction.entities[3]));
    CHECK(same_bits(prediction.entities[4], prediction.entities[5]));
    CHECK_FALSE(same_bits(prediction.entities[0], prediction.entities[1]));
  }
}

/// Random mentions of each text, some of them none.
std::vector<std::vector<Mentions>> random_entities(const std::vector<std::string>& texts, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<std::vector<Mentions>> all(texts.size());
  for (std::size_t t = 0; t < texts.size(); ++t) {
    all[t].resize(random() % 4);
    for (auto& mentions : all[t]) {
      for (auto n = random() % 3; n > 0 && !texts[t].empty(); --n) {
        const auto start = random() % texts[t].size();
        mentions.push_back({start, start + 1 + random() % 9});
      }
    }
  }
  return all;
}

TEST_CASE("An entity's logits are the same bits alone, beside other entities and in any batch") {
  for (const char* pooling : {"mean", "cls"}) {
    Classifier classifier(make_model(pooling).load());
    const auto texts = test::random_texts(300, 22);
    const auto entities = random_entities(texts, 23);
    std::vector<TextInput> inputs;
    for (std::size_t t = 0; t < texts.size(); ++t) inputs.push_back({texts[t], entities[t]});
    const auto together = classifier.classify(inputs);
    const std::vector<std::string_view> views(texts.begin(), texts.end());
    const auto unasked = classifier.classify(views);
    for (std::size_t t = 0; t < texts.size(); ++t) {
      REQUIRE(together[t].entities.size() == entities[t].size());
      for (std::size_t e = 0; e < entities[t].size(); ++e) {
        const TextInput alone{texts[t], std::span(entities[t]).subspan(e, 1)};
        REQUIRE(same_bits(classifier.classify({&alone, 1}).front().entities.at(0), together[t].entities[e]));
      }
      // Questions do not change the text's own scores.
      REQUIRE(together[t].sentiment == unasked[t].sentiment);
      REQUIRE(together[t].topics == unasked[t].topics);
      REQUIRE(unasked[t].entities.empty());
    }
  }
}

TEST_CASE("A model without an entity head answers no entity") {
  Classifier classifier(test::TinyModel().load());
  const std::vector<Mentions> entities{{{0, 6}}};
  const TextInput input{"profit", entities};
  CHECK(classifier.classify({&input, 1}).front().entities.empty());
}

TEST_CASE("An entity head that does not fit is refused by name") {
  auto model = make_model();
  model.config["entity_head"].as_object()["heads"] = 5;
  CHECK_THROWS_WITH(model.load(), Contains("entity_head.heads: expected a divisor of hidden_size 32, found 5"));
  model.config["entity_head"] = 4;
  CHECK_THROWS_WITH(model.load(), Contains("entity_head: expected an object, found 4"));
  model.config.erase("entity_head");
  CHECK_THROWS_WITH(model.load(), Contains("heads.entity.") && Contains("expects no such tensor"));
  auto lacking = make_model();
  lacking.tensors.erase("heads.entity.classifier.bias");
  CHECK_THROWS_WITH(lacking.load(), Contains("heads.entity.classifier.bias: expected shape [3], found no such tensor"));
  auto cold = make_model();
  cold.config["calibration"].as_object()["entity_temperature"] = 0;
  CHECK_THROWS_WITH(cold.load(), Contains("calibration.entity_temperature: expected a positive number"));
  cold.config["calibration"].as_object()["entity_temperature"] = 1;
  cold.config["calibration"].as_object()["entity_exponent"] = -1;
  CHECK_THROWS_WITH(cold.load(), Contains("calibration.entity_exponent: expected a positive number"));
}

}  // namespace
}  // namespace tapewatch::model
