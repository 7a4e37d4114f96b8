#include "model/evaluation/calibration_fit.hpp"

#include <cmath>
#include <random>

#include "tests/support/catch.hpp"

namespace tapewatch::model {
namespace {

/// Rows whose true class is drawn from the probabilities, which are then distorted by another calibration.
std::vector<CalibrationRow> drawn_rows(std::size_t count, const Calibration& shown) {
  std::mt19937 random(3);
  std::uniform_real_distribution<double> uniform(0, 1);
  std::vector<CalibrationRow> rows;
  for (std::size_t i = 0; i < count; ++i) {
    const double a = 3 * uniform(random), b = 3 * uniform(random);
    const double sum = std::exp(a) + std::exp(b) + 1;
    const double p[] = {std::exp(a) / sum, std::exp(b) / sum, 1 / sum};
    const double draw = uniform(random);
    const std::vector<float> real{static_cast<float>(p[0]), static_cast<float>(p[1]), static_cast<float>(p[2])};
    rows.push_back({.probabilities = recalibrated(real, shown),
                    .truth = draw < p[0]          ? 0U
                             : draw < p[0] + p[1] ? 1U
                                                  : 2U});
  }
  return rows;
}

TEST_CASE("a temperature below 1 sharpens, above 1 flattens, and 1 changes nothing") {
  const std::vector<float> p{0.6F, 0.3F, 0.1F};
  CHECK(recalibrated(p, {1, 1})[0] == Approx(0.6).epsilon(1e-6));
  // p² over its sum, 0.36 + 0.09 + 0.01
  CHECK(recalibrated(p, {0.5F, 1})[0] == Approx(0.36 / 0.46).epsilon(1e-6));
  CHECK(recalibrated(p, {4, 1})[0] < 0.6F);
  CHECK(recalibrated(std::vector<float>{1.0F, 0.0F, 0.0F}, {2, 1})[0] == Approx(1.0).epsilon(1e-6));
}

TEST_CASE("an exponent above 1 flattens where classes are close, sharpens where they are not, and keeps their order") {
  const Calibration by{1, 2};
  // e^-(ln 1.2)² against e^-(ln 9)²: margins below the temperature shrink, those above it grow.
  const auto close = recalibrated(std::vector<float>{0.6F / 1.1F, 0.5F / 1.1F}, by);
  CHECK(close[0] == Approx(1 / (1 + std::exp(-std::pow(std::log(1.2), 2)))).epsilon(1e-5));
  CHECK(close[0] < 0.6 / 1.1);
  const auto far = recalibrated(std::vector<float>{0.9F, 0.1F}, by);
  CHECK(far[0] == Approx(1 / (1 + std::exp(-std::pow(std::log(9), 2)))).epsilon(1e-5));
  CHECK(far[0] > 0.9F);
  std::vector<float> logits{0.3F, -1.5F, 0.2F, -9.0F};
  calibrate(logits, by);
  CHECK(logits[0] == 0);
  CHECK((logits[2] < 0 && logits[1] < logits[2] && logits[3] < logits[1]));
  CHECK(logits[1] == Approx(-1.8 * 1.8));
}

TEST_CASE("the calibration that reverses another one is found") {
  CHECK(fit_calibration(drawn_rows(20'000, {0.5F, 1})).temperature == Approx(2.0).epsilon(0.05));
  CHECK(fit_calibration(drawn_rows(20'000, {1, 1})).temperature == Approx(1.0).epsilon(0.05));
  const auto fit = fit_calibration(drawn_rows(20'000, {1, 0.625F}));
  CHECK(fit.exponent == Approx(1.6).margin(0.15));
  CHECK(fit.temperature == Approx(1.0).epsilon(0.1));
  // The same curve backwards: a power of a power.
  CHECK(fit_calibration(drawn_rows(20'000, {1, 1.6F})).exponent == Approx(0.625).margin(0.1));
}

TEST_CASE("few rows give only a temperature, no rows nothing") {
  auto rows = drawn_rows(kRowsForExponent - 1, {1, 0.5F});
  CHECK(fit_calibration(rows).exponent == 1);
  rows = drawn_rows(kRowsForExponent, {1, 0.5F});
  CHECK(fit_calibration(rows).exponent > 1.2F);
  CHECK(fit_calibration({}) == Calibration{});
  // A model that is always right cannot be overconfident.
  const std::vector<CalibrationRow> right{{{0.6F, 0.4F}, 0}, {{0.3F, 0.7F}, 1}};
  CHECK(fit_calibration(right).temperature == Approx(0.05));
}

TEST_CASE("cross-fitting corrects an overconfident model, with calibrations of the other folds") {
  const auto rows = drawn_rows(5'000, {0.4F, 0.8F});
  const auto fit = cross_fit(rows, 3, 5);
  CHECK(fit.folds.size() == 5);
  CHECK(fit.before.ece > 0.1);
  CHECK(fit.after.ece < 0.03);
  CHECK(fit.after.loss < fit.before.loss);
  CHECK(fit.after.accuracy == fit.before.accuracy);
  // The first fold's calibration comes from the rows of the others.
  std::vector<CalibrationRow> others;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i % 5 != 0) others.push_back(rows[i]);
  }
  CHECK(fit.folds[0] == fit_calibration(others));
  CHECK_THROWS_AS(cross_fit(rows, 3, 1), std::logic_error);
}

}  // namespace
}  // namespace tapewatch::model
