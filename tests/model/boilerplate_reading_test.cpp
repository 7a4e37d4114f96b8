// A model that leaves boilerplate out gives a text the scores of its news, and explains that alone.
#include <algorithm>
#include <cstring>

#include "model/classifier.hpp"
#include "model/explanation.hpp"
#include "tests/model/tiny_model.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::model {
namespace {

constexpr std::string_view kNews = "The bank falls.";
constexpr std::string_view kAround = "The bank falls. Click here.";

std::shared_ptr<const ModelPackage> tiny(bool leave_out) {
  test::TinyModel model({.max_tokens = 16});
  model.config["leave_out_boilerplate"] = leave_out;
  return model.load();
}

Prediction classify(Classifier& classifier, std::string_view text) {
  const TextInput input{.text = text};
  return classifier.classify({&input, 1}).front();
}

bool same(const Prediction& a, const Prediction& b) {
  return std::memcmp(a.sentiment.data(), b.sentiment.data(), sizeof a.sentiment) == 0 &&
         std::ranges::equal(a.topics, b.topics);
}

TEST_CASE("A text has the scores of its news alone where the model leaves boilerplate out") {
  Classifier reads_news(tiny(true)), reads_all(tiny(false));
  CHECK(same(classify(reads_news, kAround), classify(reads_news, kNews)));
  CHECK(classify(reads_news, kAround).tokens == classify(reads_news, kNews).tokens);
  CHECK_FALSE(same(classify(reads_all, kAround), classify(reads_all, kNews)));
  CHECK(reads_all.left_out(kAround).empty());
  CHECK(reads_news.left_out(kAround).size() == 1);
}

TEST_CASE("A text whose end is boilerplate is not truncated for it; for news beyond what is read it is") {
  test::TinyModel model({.max_tokens = 16});
  model.config["leave_out_boilerplate"] = true;
  Classifier one_window(model.load(), {.max_windows = 1});
  std::string closing(kNews), more = " The";
  closing += " Click here";
  for (int i = 0; i < 20; ++i) {
    closing += " bank";
    more += " bank";
  }
  CHECK_FALSE(classify(one_window, closing + ".").truncated);
  CHECK(classify(one_window, closing + "." + more).truncated);
}

TEST_CASE("Boilerplate in front does not use up what is read") {
  test::TinyModel model({.max_tokens = 16});
  model.config["leave_out_boilerplate"] = true;
  Classifier one_window(model.load(), {.max_windows = 1});
  std::string long_front;
  for (int i = 0; i < 30; ++i) long_front += "Click here. ";
  CHECK(same(classify(one_window, long_front + std::string(kNews)), classify(one_window, kNews)));
  CHECK_FALSE(classify(one_window, long_front + std::string(kNews)).truncated);
}

TEST_CASE("What is left out has no weight in an explanation, is named in it, and no rule applies to it") {
  const auto package = tiny(true);
  const auto rules = std::make_shared<const Rules>(
      Rules::parse("phrase\tclass\tweight\nhere\tnegative\t2\nbank\tpositive\t1\n", package->config(), "rules.tsv"));
  Classifier classifier(package, {.prior = {.rules = rules}});
  const auto explanation = explain(classifier, {.text = kAround});
  CHECK(explanation.words.size() == 3);
  for (const auto& word : explanation.words) CHECK(word.end <= kNews.size());
  REQUIRE(explanation.left_out.size() == 1);
  CHECK(explanation.left_out.front().span == ByteSpan{kNews.size() + 1, kAround.size()});
  CHECK(explanation.left_out.front().kind == BoilerplateKind::subscription);
  REQUIRE(explanation.rules.size() == 1);
  CHECK(rules->rules()[explanation.rules.front().rule].phrase == "bank");
  CHECK(same(classify(classifier, kAround), classify(classifier, kNews)));
}

}  // namespace
}  // namespace tapewatch::model
