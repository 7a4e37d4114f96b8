// A topic head tells more apart than the model's topics: the probabilities of what is merged are summed.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "model/classifier.hpp"
#include "model/evaluation/labelled_task.hpp"
#include "model/rules.hpp"
#include "tests/model/tiny_model.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::model {
namespace {

std::shared_ptr<const ModelPackage> tiny(bool merged) {
  test::TinyModel model;
  if (merged) model.config["merged_topics"] = {{"earnings", "m-a-investments"}};
  return model.load();
}

Prediction classify(Classifier classifier, std::string_view text) {
  const TextInput input{.text = text};
  return classifier.classify({&input, 1}).front();
}

TEST_CASE("The probability of a topic is the sum of those that were merged into it") {
  const auto package = tiny(true);
  REQUIRE(package->topics().size() == 2);
  CHECK(package->topics()[0].id == "fed-central-banks");
  CHECK(package->topics()[1].id == "m-a-investments");
  for (const auto text : {"The bank falls.", "Profit rises", "loss", ""}) {
    const auto apart = classify(Classifier(tiny(false)), text), together = classify(Classifier(package), text);
    REQUIRE(together.topics.size() == 2);
    CHECK(together.topics[0] == Approx(apart.topics[1]).margin(1e-6));
    CHECK(together.topics[1] == Approx(apart.topics[0] + apart.topics[2]).margin(1e-6));
    CHECK(std::accumulate(together.topics.begin(), together.topics.end(), 0.0F) == Approx(1));
    CHECK(together.sentiment == apart.sentiment);
  }
}

TEST_CASE("A rule moves the merged topic, also by its former name") {
  const auto package = tiny(true);
  const auto rules = std::make_shared<const Rules>(
      Rules::parse("phrase\tclass\tweight\nbank\tEarnings\t2\n", package->config(), "rules.tsv"));
  const auto plain = classify(Classifier(package), "The bank falls.");
  const auto moved = classify(Classifier(package, {.prior = {.rules = rules}}), "The bank falls.");
  const auto odds = [](const Prediction& prediction) { return std::log(prediction.topics[1] / prediction.topics[0]); };
  CHECK(odds(moved) - odds(plain) == Approx(2).margin(1e-3));
}

TEST_CASE("Rows labelled with a former topic are of the one that holds it") {
  const auto task = make_task(*tiny(true), "topic", "--task");
  const std::vector<LabelledText> rows = {{.label = "Earnings", .text = "a", .line = 2},
                                          {.label = "fed-central-banks", .text = "b", .line = 3}};
  CHECK(true_classes(rows, task, "f.tsv") == std::vector<std::size_t>{1, 0});
}

}  // namespace
}  // namespace tapewatch::model
