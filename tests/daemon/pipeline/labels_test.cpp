// A label keeps its meaning on its way from the model through the tables to the rules.
#include "daemon/pipeline/labels.hpp"

#include "tests/support/catch.hpp"

using namespace tapewatch;

TEST_CASE("labels: a class of the model is stored under its own name") {
  for (const auto name : model::kSentimentNames) {
    const auto sentiment = model::sentiment_named(name);
    REQUIRE(sentiment);
    CHECK(storage::to_string(to_label(*sentiment)) == name);
    CHECK(to_label(*sentiment) == storage::find_label(name));
  }
}

TEST_CASE("labels: rules see each stored label unchanged") {
  CHECK(to_observed(storage::Label::positive) == alerts::Label::positive);
  CHECK(to_observed(storage::Label::neutral) == alerts::Label::neutral);
  CHECK(to_observed(storage::Label::negative) == alerts::Label::negative);
  CHECK(to_observed(storage::Label::abstained) == alerts::Label::abstained);
  CHECK(to_observed(storage::Label::unscored) == alerts::Label::unscored);
}

TEST_CASE("labels: each number in the tables is a label, and no other number is") {
  for (std::int64_t number = 0; number < 5; ++number) {
    CHECK(static_cast<std::int64_t>(storage::label_of(number)) == number);
    CHECK(storage::find_label(storage::to_string(storage::label_of(number))) == storage::label_of(number));
  }
  CHECK(storage::label_of(-1) == storage::Label::unscored);
  CHECK(storage::label_of(5) == storage::Label::unscored);
}
