// A model with a title weight reads the first sentence of an article once more alone, beside all of it.
#include <cmath>

#include "model/classifier.hpp"
#include "tests/model/tiny_model.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::model {
namespace {

constexpr float kWeight = 0.3F;

Classifier tiny(bool titled) {
  test::TinyModel model;
  model.config["calibration"] = {{"sentiment_temperature", 1.0}, {"topic_temperature", 1.0}};
  if (titled) model.config["title_weight"] = kWeight;
  return Classifier(model.load());
}

Prediction classify(Classifier classifier, std::string_view text, std::span<const Mentions> entities = {}) {
  const TextInput input{.text = text, .entities = entities};
  return classifier.classify({&input, 1}).front();
}

float odds(const Prediction& prediction) { return std::log(prediction.sentiment[0] / prediction.sentiment[2]); }

std::string article(std::size_t words) {
  std::string text = "The bank falls.";
  for (std::size_t i = 0; i < words; ++i) text += i == 0 ? " The" : " profit";
  return text + ".";
}

TEST_CASE("The logits of an article are those of all of it and of its title, by the title's weight") {
  const auto text = article(30);
  const float whole = odds(classify(tiny(false), text)), title = odds(classify(tiny(false), "The bank falls."));
  CHECK(odds(classify(tiny(true), text)) == Approx((1 - kWeight) * whole + kWeight * title).margin(1e-4));
  CHECK(std::abs(whole - title) > 0.01);
}

TEST_CASE("A title goes on behind an abbreviation that names have, and ends with its line") {
  const std::string title = "The Bank Corp. Falls", text = title + "\n" + article(30);
  const float whole = odds(classify(tiny(false), text)), alone = odds(classify(tiny(false), title));
  CHECK(odds(classify(tiny(true), text)) == Approx((1 - kWeight) * whole + kWeight * alone).margin(1e-4));
}

TEST_CASE("A title that ends in such an abbreviation is its line") {
  const std::string title = "The profit of Bank Corp.", text = title + "\n" + article(30);
  const float whole = odds(classify(tiny(false), text)), alone = odds(classify(tiny(false), title));
  CHECK(odds(classify(tiny(true), text)) == Approx((1 - kWeight) * whole + kWeight * alone).margin(1e-4));
}

TEST_CASE("Of a headline, also of two sentences, nothing is read twice") {
  for (const auto& text :
       {std::string("The bank falls."), std::string(), article(10), "The" + article(0) + article(8)}) {
    INFO(text);
    const auto titled = classify(tiny(true), text), plain = classify(tiny(false), text);
    CHECK(titled.sentiment == plain.sentiment);
    CHECK(titled.tokens == plain.tokens);
  }
}

TEST_CASE("The sentiment towards a company is that of the whole text") {
  test::TinyModel model({.entity_heads = 4});
  Classifier plain(model.load());
  model.config["title_weight"] = kWeight;
  Classifier titled(model.load());
  const auto text = article(30);
  const std::vector<Mentions> entities = {{{4, 8}}, {}};
  const TextInput input{.text = text, .entities = entities};
  const auto a = plain.classify({&input, 1}).front(), b = titled.classify({&input, 1}).front();
  for (std::size_t i = 0; i < 2; ++i) CHECK(a.entities.at(i).probabilities == b.entities.at(i).probabilities);
}

}  // namespace
}  // namespace tapewatch::model
