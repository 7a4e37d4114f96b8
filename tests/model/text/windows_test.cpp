#include "model/text/windows.hpp"

#include <cmath>
#include <numeric>

#include "model/classifier.hpp"
#include "tests/model/tiny_model.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::model {
namespace {

/// A text of `words` words of 1 to 5 pieces each.
std::string long_text(std::size_t words, unsigned seed) {
  std::mt19937 random(seed);
  std::string text;
  for (std::size_t i = 0; i < words; ++i) text += std::string(1 + random() % 5, 'x') + " ";
  return text;
}

TEST_CASE("Windows are few, reach the end, overlap, and cut no word that is near a gap") {
  const test::TinyModel model;
  const auto package = model.load();
  const auto& vocabulary = package->vocabulary();
  for (const std::size_t size : {1, 2, 3, 16, 46, 126}) {
    for (std::size_t words = 0; words < 120; ++words) {
      const WindowLimits limits{.pieces = size, .windows = 4};
      const auto encoding =
          package->tokenizer().encode(long_text(words, static_cast<unsigned>(words)), limits.reach() + 2);
      const auto& tokens = encoding.tokens;
      const auto windows = cut_windows(tokens, limits, vocabulary);
      REQUIRE(windows.size() <= limits.windows);
      REQUIRE(windows.front().first == 1);
      REQUIRE(windows.back().last == tokens.size() - 1);
      if (tokens.size() - 2 <= size) REQUIRE(windows.size() == 1);
      for (std::size_t i = 0; i < windows.size(); ++i) {
        REQUIRE(windows[i].size() <= size);
        if (i == 0) continue;
        const auto overlap = static_cast<std::ptrdiff_t>(windows[i - 1].last - windows[i].first);
        REQUIRE(overlap >= static_cast<std::ptrdiff_t>(size / 4));
        if (size >= 46) {  // words of five pieces at most: a gap is always near
          REQUIRE_FALSE(vocabulary.is_continuation(tokens[windows[i].first].id));
          REQUIRE_FALSE(vocabulary.is_continuation(tokens[windows[i - 1].last].id));
        }
      }
      const auto weights = window_weights(windows);
      REQUIRE(std::accumulate(weights.begin(), weights.end(), 0.0) == Approx(1));
    }
  }
}

TEST_CASE("Every piece has one vote, split among the windows that hold it") {
  const std::vector<TokenRange> windows{{1, 5}, {3, 7}};
  CHECK(window_weights(windows) == PerWindow<float>{0.5F, 0.5F});
  const std::vector<TokenRange> three{{1, 5}, {3, 7}, {5, 9}};
  CHECK(window_weights(three) == PerWindow<float>{0.375F, 0.25F, 0.375F});
  CHECK(window_weights(std::vector<TokenRange>{{1, 1}}) == PerWindow<float>{1});
  CHECK(window_weights(std::vector<TokenRange>{{1, 8}}) == PerWindow<float>{1});
}

TEST_CASE("A mention is read where it has the most context on both sides") {
  const std::vector<TokenRange> windows{{1, 11}, {6, 16}, {11, 21}};
  CHECK(most_central(windows, {1, 2}) == 0);
  CHECK(most_central(windows, {6, 7}) == 0);
  CHECK(most_central(windows, {9, 12}) == 1);
  CHECK(most_central(windows, {19, 21}) == 2);
}

std::vector<double> log_probabilities(const Prediction& prediction) {
  std::vector<double> logs;
  for (const float p : prediction.sentiment) logs.push_back(std::log(p));
  return logs;
}

TEST_CASE("A long text's logits are the weighted mean of its windows'") {
  const auto package = test::TinyModel({.entity_heads = 4}).load();
  const WindowLimits limits{.pieces = 46, .windows = 8};
  const std::string text = long_text(60, 5);
  const auto tokens = package->tokenizer().encode(text, limits.reach() + 2).tokens;
  const auto windows = cut_windows(tokens, limits, package->vocabulary());
  REQUIRE(windows.size() > 3);
  const auto weights = window_weights(windows);
  Classifier classifier(package, {.max_windows = 8});
  std::vector<double> expected(3);
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const auto begin = tokens[windows[i].first].start;
    const auto part = std::string_view(text).substr(begin, tokens[windows[i].last - 1].end - begin);
    const auto logs = log_probabilities(classifier.classify({&part, 1}).front());
    for (std::size_t c = 0; c < 3; ++c) expected[c] += weights[i] * logs[c];
  }
  const std::string_view view = text;
  const auto prediction = classifier.classify({&view, 1}).front();
  CHECK_FALSE(prediction.truncated);
  const auto logs = log_probabilities(prediction);
  // Equal up to the constant that softmax removes.
  for (std::size_t c = 1; c < 3; ++c) CHECK(logs[c] - logs[0] == Approx(expected[c] - expected[0]).margin(1e-4));
}

TEST_CASE("An entity of a long text is read in the window around it; several mentions are weighed by their pieces") {
  const auto package = test::TinyModel({.entity_heads = 4}).load();
  Classifier classifier(package, {.max_windows = 8});
  const auto filler = long_text(40, 6);
  const std::string text = "profit " + filler + "bank " + filler + "loss";
  const auto bank = text.find("bank");
  const std::vector<Mentions> entities{
      {{0, 6}}, {{bank, bank + 4}}, {{text.size() - 4, text.size()}}, {{0, 6}, {bank, bank + 4}}, {}};
  const TextInput whole{text, entities};
  const auto answers = classifier.classify({&whole, 1}).front().entities;
  REQUIRE(answers.size() == 5);
  // The first window alone gives the first entity's answer, to the bit.
  const auto tokens = package->tokenizer().encode(text, 1000).tokens;
  const auto windows = cut_windows(tokens, {.pieces = 46, .windows = 8}, package->vocabulary());
  const TextInput head{std::string_view(text).substr(0, tokens[windows[0].last - 1].end), std::span(entities).first(1)};
  CHECK(classifier.classify({&head, 1}).front().entities[0].probabilities == answers[0].probabilities);
  for (std::size_t c = 1; c < 3; ++c) {
    const auto ratio = [&](std::size_t e) {
      return std::log(answers[e].probabilities[c]) - std::log(answers[e].probabilities[0]);
    };
    CHECK(ratio(3) == Approx((ratio(0) + ratio(1)) / 2).margin(1e-4));
  }
}

TEST_CASE("truncated: only where even the windows do not reach") {
  const auto package = test::TinyModel().load();
  const std::string text = long_text(30, 7);  // some 90 pieces
  const std::string_view view = text;
  CHECK(Classifier(package, {.max_windows = 1}).classify({&view, 1}).front().truncated);
  CHECK(Classifier(package, {.max_windows = 1}).classify({&view, 1}).front().tokens == 48);
  CHECK_FALSE(Classifier(package, {.max_windows = 8}).classify({&view, 1}).front().truncated);
  const std::string endless = long_text(3000, 8);
  const std::string_view endless_view = endless;
  const auto prediction = Classifier(package, {.max_windows = 3}).classify({&endless_view, 1}).front();
  CHECK(prediction.truncated);
  CHECK(prediction.tokens <= 3 * 48);
}

}  // namespace
}  // namespace tapewatch::model
