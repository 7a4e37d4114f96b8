#include "model/explanation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <numeric>
#include <random>

#include "model/classifier.hpp"
#include "tests/model/explanation_texts.hpp"
#include "tests/model/files.hpp"
#include "tests/model/tiny_model.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::model {
namespace {

std::vector<std::string> words(const ModelPackage& package, std::string_view text) {
  std::vector<std::string> found;
  for (const auto& span : words_of(text, package.tokenizer().encode(text, 100).tokens)) {
    found.emplace_back(text.substr(span.start, span.end - span.start));
  }
  return found;
}

using List = std::vector<std::string>;

TEST_CASE("Words are the texts between spaces, without the punctuation around them") {
  const auto package = test::TinyModel().load();
  CHECK(words(*package, "(profits, “loss”) fall!") == List{"profits", "loss", "fall"});
  CHECK(words(*package, "AT&T +5% $xyz non-cash") == List{"AT&T", "+5%", "$xyz", "non-cash"});
  CHECK(words(*package, "what ?!  - now ...") == List{"what", "!", "-", "now", "."});
  CHECK(words(*package, "  ").empty());
  CHECK(words(*package, "Zo\u00e9 xyz\u0301") == List{"Zo\u00e9", "xyz\u0301"});
}

TEST_CASE("A word's weight is the drop in the label's probability without it") {
  Classifier classifier(test::TinyModel().load());
  const std::string_view text = "The bank falls, profit rises.";
  const auto explanation = explain(classifier, {.text = text});
  const auto whole = classifier.classify({&text, 1}).front();
  CHECK(explanation.label == whole.label());
  CHECK(explanation.probability == whole.confidence());
  REQUIRE(explanation.words.size() == 5);
  CHECK(explanation.scored == 6);
  const std::string_view without[] = {"bank falls, profit rises.", "The falls, profit rises.",
                                      "The bank, profit rises.", "The bank falls, rises.", "The bank falls, profit."};
  const auto predictions = classifier.classify(without);
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(explanation.words[i].weight ==
          whole.confidence() - predictions[i].sentiment[static_cast<std::size_t>(explanation.label)]);
  }
  CHECK(text.substr(explanation.words[2].start, explanation.words[2].end - explanation.words[2].start) == "falls");
}

TEST_CASE("An explanation costs at most thirty times the scoring, whatever the text's length") {
  Classifier classifier(test::TinyModel().load());
  for (const std::size_t count : {0, 1, 28, 29, 30, 60, 500}) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += (i == 20 ? "profit " : i % 3 == 0 ? "the " : "loss ");
    const auto explanation = explain(classifier, {.text = text});
    CHECK(explanation.scored <= 29);
    // Words beyond the part that is read have no weight; all others are present, in order.
    CHECK(explanation.words.size() == std::min(count, words_of(text, classifier.read(text).tokens).size()));
    for (std::size_t i = 1; i < explanation.words.size(); ++i) {
      REQUIRE(explanation.words[i - 1].end < explanation.words[i].start);
    }
  }
}

/// The probability of the explained label without each of the sets of words.
std::vector<double> without(Classifier& classifier, std::string_view text, const Explanation& explanation,
                            std::vector<std::vector<std::size_t>> sets) {
  std::vector<std::vector<ByteSpan>> spans(sets.size());
  std::vector<TextInput> inputs;
  for (std::size_t i = 0; i < sets.size(); ++i) {
    std::sort(sets[i].begin(), sets[i].end());
    for (const auto word : sets[i]) spans[i].push_back({explanation.words[word].start, explanation.words[word].end});
    inputs.push_back({.text = text, .removed = spans[i]});
  }
  std::vector<double> probabilities;
  for (const auto& prediction : classifier.classify(inputs)) {
    probabilities.push_back(prediction.sentiment[static_cast<std::size_t>(explanation.label)]);
  }
  return probabilities;
}

TEST_CASE("The shipped model's explanations are faithful: without its top words a label falls more than without others",
          "[measure]") {
  if (!std::filesystem::exists(test::source_dir() / "model/weights/builtin/model.safetensors")) return;
  Classifier classifier(load_model("builtin"));
  constexpr int kDraws = 8;
  std::mt19937 random(7);
  std::size_t texts = 0, top_wins = 0, bottom_wins = 0;
  double top_falls = 0, others_fall = 0;
  for (const std::string_view text : test::kExplanationTexts) {
    const auto explanation = explain(classifier, {.text = text});
    std::vector<std::size_t> order(explanation.words.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](auto a, auto b) { return explanation.words[a].weight > explanation.words[b].weight; });
    const auto count = std::max<std::size_t>(1, static_cast<std::size_t>(std::lround(0.2 * order.size())));
    const auto end = static_cast<std::ptrdiff_t>(count);
    std::vector<std::vector<std::size_t>> sets{{order.begin(), order.begin() + end}, {order.end() - end, order.end()}};
    for (int draw = 0; draw < kDraws; ++draw) {
      auto shuffled = order;
      std::shuffle(shuffled.begin(), shuffled.end(), random);
      sets.emplace_back(shuffled.begin(), shuffled.begin() + end);
    }
    const auto left = without(classifier, text, explanation, std::move(sets));
    const double top = left[0], bottom = left[1];
    const double others = std::accumulate(left.begin() + 2, left.end(), 0.0) / kDraws;
    ++texts;
    top_falls += explanation.probability - top;
    others_fall += explanation.probability - others;
    top_wins += top < others ? 1 : 0;
    bottom_wins += bottom < others ? 1 : 0;
  }
  std::cout << fmt::format(
      "explanations: without the top words the label falls more than without others on {} of {} texts, "
      "by {:.2f} and {:.2f} on average\n",
      top_wins, texts, top_falls / static_cast<double>(texts), others_fall / static_cast<double>(texts));
  INFO("top words " << top_wins << ", last words " << bottom_wins << " of " << texts);
  CHECK(texts >= 60);
  CHECK(top_wins >= texts * 8 / 10);
  // The same test fails for a reversed explanation, so it can fail.
  CHECK(bottom_wins < texts / 2);
}

}  // namespace
}  // namespace tapewatch::model
