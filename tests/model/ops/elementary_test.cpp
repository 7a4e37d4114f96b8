#include "model/ops/elementary.hpp"

#include <cmath>
#include <limits>
#include <random>

#include "tests/support/catch.hpp"

namespace tapewatch::model {
namespace {

bool near(double found, double expected, double units) {
  return std::abs(found - expected) <= units * std::numeric_limits<double>::epsilon() * std::abs(expected);
}

TEST_CASE("Exponential, logarithm and power are those of the C library to a few units in the last place") {
  std::mt19937 random(1);
  std::uniform_real_distribution<double> exponent(-700, 700), small(0.01, 40), power_of(0.1, 4);
  for (int i = 0; i < 20000; ++i) {
    const double x = exponent(random);
    if (!near(natural_exp(x), std::exp(x), 3)) FAIL("exp " << x);
    const double y = std::exp(x);
    if (!near(natural_log(y), std::log(y), 3)) FAIL("log " << y);
    const double base = small(random), to = power_of(random);
    if (!near(power(base, to), std::pow(base, to), 40)) FAIL(base << " to the " << to);
    const double one = 1 + x * 1e-6;  // near 1 the logarithm is small and still exact
    if (!near(natural_log(one), std::log(one), 3)) FAIL("log " << one);
  }
  CHECK(natural_exp(0) == 1);
  CHECK(natural_exp(-1e9) == 0);
  CHECK(std::isinf(natural_exp(1e9)));
  CHECK(natural_log(1) == 0);
  CHECK(power(0, 1.6) == 0);
  CHECK(power(0, 0) == 1);
}

TEST_CASE("The hyperbolic tangent is the C library's to a unit in the last place, from 0 to its limits") {
  for (int i = -40000; i <= 40000; ++i) {
    const float x = static_cast<float>(i) * std::abs(static_cast<float>(i)) * 1e-8F;
    const float expected = static_cast<float>(std::tanh(static_cast<double>(x)));
    if (std::abs(hyperbolic_tangent(x) - expected) > 6e-8F * std::abs(expected)) FAIL("tanh " << x);
  }
  CHECK(hyperbolic_tangent(100.0F) == 1.0F);
  CHECK(hyperbolic_tangent(-100.0F) == -1.0F);
}

}  // namespace
}  // namespace tapewatch::model
