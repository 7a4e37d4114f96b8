#include "model/train/data/review.hpp"

#include "tests/support/catch.hpp"

using namespace tapewatch::model::train;

namespace {

/// Items whose labels are drawn from softmax(logits), the logits then scaled; the first `own` ones of source "own".
ScoredRows scored(std::int64_t count, std::int64_t own, double scale) {
  torch::manual_seed(11);
  const auto logits = torch::randn({count, 3}) * 2.0;
  ScoredRows rows{.logits = logits * scale, .labels = torch::softmax(logits, 1).multinomial(1).squeeze(1)};
  for (std::int64_t i = 0; i < count; ++i) {
    rows.sources.emplace_back(i < own ? "own" : "other");
    rows.texts.push_back(0);
    rows.entities.push_back(0);
  }
  return rows;
}

TaskReview reviewed(const ScoredRows& rows) {
  const std::vector<TrainingText> texts{{.text = "A text."}};
  return review_task(rows, texts, Task::sentiment, {"positive", "neutral", "negative"}, {"own"});
}

}  // namespace

TEST_CASE("a review finds the temperature that undoes a known scale", "[train][review]") {
  CHECK(reviewed(scored(4000, 4000, 2.5)).calibration.temperature == Approx(2.5).epsilon(0.1));
}

TEST_CASE("the temperature that a model is given stays within its bounds", "[train][review]") {
  CHECK(reviewed(scored(500, 500, 100.0)).calibration.temperature == kHighestTemperature);
  CHECK(reviewed(scored(500, 500, 0.001)).calibration.temperature == kLowestTemperature);
}

TEST_CASE("a review is calibrated on the sources trained on alone", "[train][review]") {
  auto rows = scored(3000, 1500, 2.0);
  const auto before = reviewed(rows);
  rows.labels.slice(0, 1500, 3000).fill_(0);  // whatever the others' labels are
  const auto after = reviewed(rows);
  CHECK(after.calibration == before.calibration);
  CHECK(after.calibration_error == before.calibration_error);
  CHECK(calibration_of({after}, Task::sentiment, "other")->error >
        calibration_of({before}, Task::sentiment, "other")->error);
  CHECK(calibration_of({before}, Task::sentiment, "own")->error < 0.05);
}

TEST_CASE("the confusion counts the items reviewed, and the worst mistakes come first", "[train][review]") {
  const auto review = reviewed(scored(300, 200, 1.0));
  std::int64_t rows = 0;
  for (const auto& line : review.confusion) {
    for (const auto count : line) rows += count;
  }
  CHECK(rows == 200);
  REQUIRE(review.worst.size() == 25);
  for (std::size_t i = 1; i < review.worst.size(); ++i) {
    CHECK(review.worst[i].confidence <= review.worst[i - 1].confidence);
  }
  CHECK(review.worst[0].truth != review.worst[0].predicted);
}

TEST_CASE("a review of fewer items than folds is fitted on all of them", "[train][review]") {
  const auto review = reviewed(scored(3, 3, 1.0));
  CHECK(review.bins.size() == 3);
  CHECK(reviewed(scored(0, 0, 1.0)).bins.empty());
}
