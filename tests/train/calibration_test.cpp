#include "model/train/calibration.hpp"

#include <numeric>

#include "tests/support/catch.hpp"

using namespace tapewatch::model::train;

namespace {

struct Items {
  torch::Tensor logits, labels;
};

/// Items whose labels are drawn from softmax(logits), the logits then scaled.
Items items(std::int64_t count, double scale) {
  torch::manual_seed(11);
  const auto logits = torch::randn({count, 3}) * 2.0;
  const auto labels = torch::softmax(logits, 1).multinomial(1).squeeze(1);
  return {logits * scale, labels};
}

std::vector<std::int64_t> first(std::int64_t count) {
  std::vector<std::int64_t> places(static_cast<std::size_t>(count));
  std::iota(places.begin(), places.end(), std::int64_t{0});
  return places;
}

}  // namespace

TEST_CASE("the fitted temperature undoes a known scale and is the best one", "[train][calibration]") {
  const auto some = items(4000, 2.5);
  const double fitted = fit_temperature(some.logits, some.labels);
  CHECK(fitted == Approx(2.5).epsilon(0.1));
  const auto loss = [&](double t) { return torch::cross_entropy_loss(some.logits / t, some.labels).item<double>(); };
  CHECK(loss(fitted) <= loss(fitted * 0.9));
  CHECK(loss(fitted) <= loss(fitted * 1.1));
  CHECK(fit_temperature(torch::empty({0, 3}), torch::empty({0}, torch::kLong)) == 1.0);
}

TEST_CASE("temperatures stay within their bounds", "[train][calibration]") {
  const auto sure = items(500, 100.0), unsure = items(500, 0.001);
  CHECK(fit_temperature(sure.logits, sure.labels) == Approx(4.0).epsilon(1e-3));
  CHECK(fit_temperature(unsure.logits, unsure.labels) == Approx(0.25).epsilon(1e-3));
}

TEST_CASE("no item speaks for the calibration that it is measured with", "[train][calibration]") {
  auto some = items(50, 1.0);
  const auto before = cross_fitted(some.logits, some.labels, first(50)).probabilities;
  some.labels[7] = (some.labels[7] + 1) % 3;
  const auto after = cross_fitted(some.logits, some.labels, first(50)).probabilities;
  for (std::int64_t i = 0; i < 50; ++i) {
    INFO(i);
    CHECK(torch::equal(before[i], after[i]) == (i % 5 == 2));  // its fold alone was fitted without it
  }
}

TEST_CASE("items that were not chosen get the whole fit", "[train][calibration]") {
  const auto some = items(60, 1.0);
  const auto found = cross_fitted(some.logits, some.labels, first(40));
  const auto whole = torch::softmax(some.logits.to(torch::kDouble) / found.temperature, 1);
  CHECK(torch::equal(found.probabilities.slice(0, 40), whole.slice(0, 40)));
  CHECK_FALSE(torch::equal(found.probabilities.slice(0, 0, 40), whole.slice(0, 0, 40)));
}

TEST_CASE("bins have equal mass and the expected error is their weighted distance", "[train][calibration]") {
  // Twenty items of confidence 0.9, of which eighteen are right, and five of 0.6, of which one is.
  const auto sure = torch::tensor({0.9, 0.1}, torch::kDouble), unsure = torch::tensor({0.6, 0.4}, torch::kDouble);
  const auto probabilities = torch::cat({unsure.repeat({5, 1}), sure.repeat({20, 1})});
  auto labels = torch::zeros({25}, torch::kLong);
  for (const int wrong : {1, 2, 3, 4, 5, 6}) labels[wrong] = 1;
  const auto bins = reliability_bins(probabilities, labels);
  REQUIRE(bins.size() == 10);
  std::int64_t rows = 0;
  for (const auto& bin : bins) {
    CHECK((bin.rows == 2 || bin.rows == 3));
    rows += bin.rows;
  }
  CHECK(rows == 25);
  CHECK(bins.front().confidence == Approx(0.9));
  CHECK(bins.front().accuracy == Approx(0.0));  // the two wrong ones are the first of their equals
  CHECK(expected_error({{.confidence = 0.9, .accuracy = 0.8, .rows = 30},
                        {.confidence = 0.5, .accuracy = 0.6, .rows = 10}}) == Approx(0.1));
  CHECK(expected_error({}) == 0.0);
}
