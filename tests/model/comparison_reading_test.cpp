// A model with a weight for comparisons adds it to what figures side by side say, and explains that.
#include <cmath>

#include "model/classifier.hpp"
#include "model/explanation.hpp"
#include "tests/model/tiny_model.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::model {
namespace {

constexpr float kWeight = 1.5F;
constexpr std::string_view kWorse = "EPS 0.81 vs 0.95 est", kBetter = "EPS 0.95 vs 0.81 est",
                           kAsMuch = "EPS 0.95 vs 0.95 est", kMixed = "EPS 0.81 vs 0.95 est; sales 9m vs 8m est";

Classifier tiny(bool reads) {
  test::TinyModel model({.max_tokens = 16});
  if (reads) model.config["comparison_weight"] = kWeight;
  return Classifier(model.load());
}

Prediction classify(Classifier& classifier, std::string_view text) {
  const TextInput input{.text = text};
  return classifier.classify({&input, 1}).front();
}

/// How much the odds of the class against another grow, in logits.
float grown(std::string_view text, Sentiment sentiment, Sentiment other) {
  Classifier reads = tiny(true), plain = tiny(false);
  const auto odds = [&](Classifier& classifier) {
    const auto prediction = classify(classifier, text);
    return std::log(prediction.sentiment[static_cast<std::size_t>(sentiment)] /
                    prediction.sentiment[static_cast<std::size_t>(other)]);
  };
  return odds(reads) - odds(plain);
}

TEST_CASE("What figures say is added to the log-odds of its class alone") {
  using enum Sentiment;
  CHECK(grown(kWorse, negative, neutral) == Approx(kWeight).margin(1e-3));
  CHECK(grown(kWorse, positive, neutral) == Approx(0).margin(1e-3));
  CHECK(grown(kBetter, positive, neutral) == Approx(kWeight).margin(1e-3));
  CHECK(grown(kAsMuch, neutral, negative) == Approx(kWeight).margin(1e-3));
  CHECK(grown(kMixed, negative, neutral) == Approx(0).margin(1e-3));
  CHECK(grown("The bank falls.", negative, neutral) == Approx(0).margin(1e-3));
}

TEST_CASE("What figures say counts towards a company in the sentences that name it") {
  using enum Sentiment;
  const std::string text = "Bank EPS 0.81 vs 0.95 est. Oil EPS 0.95 vs 0.81 est. Profit rises.";
  const std::size_t oil = text.find("Oil"), profit = text.find("Profit");
  const std::vector<Mentions> asked{{{0, 4}}, {{oil, oil + 3}}, {{profit, profit + 6}}, {}, {{0, 4}, {oil, oil + 3}}};
  const TextInput input{.text = text, .entities = asked};
  const auto answers = [&](bool reads) {
    test::TinyModel model({.max_tokens = 48, .entity_heads = 2});
    if (reads) model.config["comparison_weight"] = kWeight;
    return Classifier(model.load()).classify({&input, 1}).front().entities;
  };
  const auto with = answers(true), without = answers(false);
  const auto grown_towards = [&](std::size_t entity, Sentiment sentiment) {
    const auto odds = [&](const SentimentScore& score) {
      return std::log(score.probabilities[static_cast<std::size_t>(sentiment)] /
                      score.probabilities[static_cast<std::size_t>(neutral)]);
    };
    return odds(with.at(entity)) - odds(without.at(entity));
  };
  CHECK(grown_towards(0, negative) == Approx(kWeight).margin(1e-3));
  CHECK(grown_towards(1, positive) == Approx(kWeight).margin(1e-3));
  for (const std::size_t silent : {2, 3, 4}) {
    CHECK(grown_towards(silent, negative) == Approx(0).margin(1e-3));
    CHECK(grown_towards(silent, positive) == Approx(0).margin(1e-3));
  }
}

TEST_CASE("Figures in boilerplate say nothing of the company that it names either") {
  const std::string text = "Profit rises after EPS 0.81 vs 0.95 est. Click here for Bank EPS 0.95 vs 0.81 est.";
  const std::size_t bank = text.find("Bank");
  const std::vector<Mentions> asked{{{bank, bank + 4}}};
  const TextInput input{.text = text, .entities = asked};
  const auto answer = [&](bool reads) {
    test::TinyModel model({.max_tokens = 48, .entity_heads = 2});
    model.config["leave_out_boilerplate"] = true;
    if (reads) model.config["comparison_weight"] = kWeight;
    return Classifier(model.load()).classify({&input, 1}).front().entities.at(0).probabilities;
  };
  CHECK(answer(true) == answer(false));
}

TEST_CASE("Figures in boilerplate say nothing") {
  test::TinyModel model({.max_tokens = 32});
  model.config["comparison_weight"] = kWeight;
  model.config["leave_out_boilerplate"] = true;
  Classifier classifier(model.load());
  CHECK(classifier.comparisons("The bank falls. " + std::string(kWorse)).found.size() == 1);
  CHECK(classifier.comparisons("The bank falls. Click here for EPS 0.81 vs 0.95 est.").found.empty());
}

TEST_CASE("Figures that are left out say nothing") {
  Classifier reads = tiny(true);
  const std::size_t at = kWorse.find("0.95");
  const ByteSpan removed[] = {{at, at + 4}};
  const TextInput without{.text = kWorse, .removed = removed};
  Classifier plain = tiny(false);
  CHECK(reads.classify({&without, 1}).front().sentiment == plain.classify({&without, 1}).front().sentiment);
}

TEST_CASE("An explanation names the figures and what they add") {
  Classifier reads = tiny(true), plain = tiny(false);
  const auto explanation = explain(reads, {.text = kWorse});
  REQUIRE(explanation.comparisons.found.size() == 1);
  CHECK(explanation.comparisons.found.front().value_span == ByteSpan{4, 8});
  CHECK(explanation.comparisons.says == Sentiment::negative);
  CHECK(explanation.comparisons.logits == kWeight);
  const auto mixed = explain(reads, {.text = kMixed});
  CHECK(mixed.comparisons.found.size() == 2);
  CHECK_FALSE(mixed.comparisons.says);
  CHECK(explain(plain, {.text = kWorse}).comparisons.found.empty());
}

}  // namespace
}  // namespace tapewatch::model
