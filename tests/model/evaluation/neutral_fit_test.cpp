#include "model/evaluation/neutral_fit.hpp"

#include <cmath>
#include <vector>

#include "tests/support/catch.hpp"

namespace tapewatch::model {
namespace {

/// `count` rows that the model gives `neutral` and the rest in equal parts, with `right` of them truly neutral.
void add(std::vector<MixingRow>& rows, std::size_t count, double neutral, std::size_t right) {
  const double other = std::log((1 - neutral) / 2);
  for (std::size_t i = 0; i < count; ++i) {
    rows.push_back({{other, std::log(neutral), other}, {0, 1, 0}, i < right ? 1U : i % 2 * 2});
  }
}

TEST_CASE("The bias is where the share of neutral is that of the labels, with an interval that shrinks with the rows") {
  std::vector<MixingRow> rows;
  add(rows, 40, 0.5, 30);
  const auto fit = fit_neutral(rows);
  CHECK(fit.rows == 40);
  CHECK(fit.bias == Approx(std::log(3)).margin(1e-6));  // from 1 : 1 to 3 : 1
  const double deviation = 1 / std::sqrt(40 * 0.75 * 0.25);
  CHECK(fit.interval.low == Approx(std::log(3) - 1.96 * deviation).margin(1e-4));
  CHECK(fit.interval.high == Approx(std::log(3) + 1.96 * deviation).margin(1e-4));
  CHECK(fit.loss_after < fit.loss_before);
  std::vector<MixingRow> more;
  add(more, 400, 0.5, 300);
  const auto narrow = fit_neutral(more).interval;
  CHECK(narrow.high - narrow.low < (fit.interval.high - fit.interval.low) / 3);
}

TEST_CASE("Accuracy is given as it was, as it is, and on rows that were not learned from") {
  std::vector<MixingRow> rows;
  add(rows, 60, 0.3, 48);  // the model says positive; four of five are neutral
  const auto fit = fit_neutral(rows);
  CHECK(fit.bias > 0);
  CHECK(fit.accuracy_before < 0.2);
  CHECK(fit.accuracy_after == Approx(0.8));
  CHECK(fit.accuracy_cross_fitted == Approx(0.8));
}

TEST_CASE("Labels of one kind give a bias at its end, not beyond") {
  std::vector<MixingRow> all, none;
  add(all, 30, 0.5, 30);
  add(none, 30, 0.5, 0);
  CHECK(fit_neutral(all).bias == kMostNeutralBias);
  CHECK(fit_neutral(none).bias == -kMostNeutralBias);
  CHECK(fit_neutral(all).interval.high == kMostNeutralBias);
  CHECK(fit_neutral(none).interval.low == -kMostNeutralBias);
}

}  // namespace
}  // namespace tapewatch::model
