// Where neutral begins is moved by exactly the bias, for all texts or for those of a source, and the version says so.
#include <cmath>

#include "model/classifier.hpp"
#include "model/explanation.hpp"
#include "tests/model/tiny_model.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::model {
namespace {

double odds(std::span<const float> p, std::size_t of, std::size_t against) {
  return std::log(static_cast<double>(p[of]) / static_cast<double>(p[against]));
}

TEST_CASE("A bias moves the log-odds of neutral, of the text and towards companies, and no others") {
  const auto package = test::TinyModel({.entity_heads = 2}).load();
  const std::vector<Mentions> bank{{{4, 8}}};
  const TextInput plain{.text = "the bank falls", .entities = bank};
  TextInput own = plain;
  own.neutral_bias = -2.0F;
  Classifier without(package), with(package, {.prior = {.neutral_bias = 0.75F}});
  const auto as_is = without.classify({&plain, 1}).front(), moved = with.classify({&plain, 1}).front(),
             of_source = with.classify({&own, 1}).front();
  const auto check = [&](std::span<const float> before, std::span<const float> after, double bias) {
    CHECK(odds(after, 1, 0) - odds(before, 1, 0) == Approx(bias).margin(1e-5));
    CHECK(odds(after, 1, 2) - odds(before, 1, 2) == Approx(bias).margin(1e-5));
    CHECK(odds(after, 0, 2) - odds(before, 0, 2) == Approx(0).margin(1e-5));
  };
  check(as_is.sentiment, moved.sentiment, 0.75);
  check(as_is.entities.front().probabilities, moved.entities.front().probabilities, 0.75);
  check(as_is.sentiment, of_source.sentiment, -2.0);  // in place of the other
  CHECK(moved.topics == as_is.topics);
  const auto explanation = explain(with, own);
  CHECK(explanation.probability == of_source.confidence());
}

TEST_CASE("A source has its own bias, or that of all; the version tells both") {
  Prior prior{.neutral_bias = 0.5F, .neutral_of_sources = {{"desk", -1.0F}, {"wire", 0.0F}}};
  CHECK(prior.neutral_of("desk") == -1.0F);
  CHECK(prior.neutral_of("wire") == 0.0F);
  CHECK(prior.neutral_of("another") == 0.5F);
  CHECK_FALSE(prior.active());
  const auto both = version_with("tiny+1", prior);
  CHECK(both.starts_with("tiny+1+neutral."));
  prior.neutral_of_sources.pop_back();
  CHECK(version_with("tiny+1", prior) != both);
  prior.neutral_of_sources.clear();
  CHECK(version_with("tiny+1", prior) == "tiny+1+neutral.0.5");
  prior.neutral_bias = 0;
  CHECK(version_with("tiny+1", prior) == "tiny+1");
}

}  // namespace
}  // namespace tapewatch::model
