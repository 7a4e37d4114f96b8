#include "model/calibration.hpp"

#include <cmath>
#include <random>

#include "tests/support/catch.hpp"

namespace tapewatch::model {
namespace {

/// Rows whose truth is drawn from the probabilities, which are then shown with another temperature.
std::vector<CalibrationRow> drawn_rows(std::size_t count, double shown_temperature) {
  std::mt19937 random(3);
  std::uniform_real_distribution<double> uniform(0, 1);
  std::vector<CalibrationRow> rows;
  for (std::size_t i = 0; i < count; ++i) {
    const double a = 3 * uniform(random), b = 3 * uniform(random);
    const double sum = std::exp(a) + std::exp(b) + 1;
    const double p[] = {std::exp(a) / sum, std::exp(b) / sum, 1 / sum};
    const double draw = uniform(random);
    const std::vector<float> real{static_cast<float>(p[0]), static_cast<float>(p[1]), static_cast<float>(p[2])};
    rows.push_back({.probabilities = tempered(real, shown_temperature),
                    .truth = draw < p[0]          ? 0U
                             : draw < p[0] + p[1] ? 1U
                                                  : 2U});
  }
  return rows;
}

TEST_CASE("a temperature sharpens above 1 and flattens below, and 1 changes nothing") {
  const std::vector<float> p{0.6F, 0.3F, 0.1F};
  CHECK(tempered(p, 1)[0] == Approx(0.6).epsilon(1e-6));
  // p² over its sum, 0.36 + 0.09 + 0.01
  CHECK(tempered(p, 0.5)[0] == Approx(0.36 / 0.46).epsilon(1e-6));
  CHECK(tempered(p, 4)[0] < 0.6F);
  CHECK(tempered(std::vector<float>{1.0F, 0.0F, 0.0F}, 2)[0] == Approx(1.0).epsilon(1e-6));
}

TEST_CASE("the temperature that probabilities were sharpened with is found again") {
  CHECK(fit_temperature(drawn_rows(20'000, 0.5)) == Approx(2.0).epsilon(0.05));
  CHECK(fit_temperature(drawn_rows(20'000, 1.0)) == Approx(1.0).epsilon(0.05));
  CHECK(fit_temperature({}) == 1);
  // A model that is always right cannot be too sure.
  CHECK(fit_temperature(std::vector<CalibrationRow>{{{0.6F, 0.4F}, 0}, {{0.3F, 0.7F}, 1}}) == Approx(0.05));
}

TEST_CASE("cross-fitting mends a model that is too sure, with temperatures of the other folds") {
  const auto rows = drawn_rows(5'000, 0.4);
  const auto fit = cross_fit(rows, 3, 5);
  CHECK(fit.fold_temperatures.size() == 5);
  CHECK(fit.before.ece > 0.1);
  CHECK(fit.after.ece < 0.03);
  CHECK(fit.after.loss < fit.before.loss);
  CHECK(fit.after.accuracy == fit.before.accuracy);
  // The first fold's temperature is that of the rows of the others.
  std::vector<CalibrationRow> others;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i % 5 != 0) others.push_back(rows[i]);
  }
  CHECK(fit.fold_temperatures[0] == fit_temperature(others));
  CHECK_THROWS_AS(cross_fit(rows, 3, 1), std::logic_error);
}

}  // namespace
}  // namespace tapewatch::model
