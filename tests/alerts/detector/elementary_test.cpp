#include "alerts/detector/elementary.hpp"

#include <boost/math/special_functions/gamma.hpp>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <limits>

#include "tests/support/catch.hpp"

using namespace tapewatch::alerts;

namespace {

using Precise = boost::multiprecision::cpp_bin_float_50;

double error_of(double got, const Precise& exact, double least = 0.0) {
  return static_cast<double>(abs(Precise(got) - exact) / std::max(static_cast<double>(abs(exact)), least));
}

}  // namespace

TEST_CASE("logarithm, exponential and log-gamma agree with fifty-digit arithmetic") {
  for (double x = 1e-300; x < 1e300; x *= 1.37) CHECK(error_of(natural_log(x), log(Precise(x))) < 1e-15);
  for (double x = 0.5; x < 2.0; x += 0.0097) CHECK(error_of(natural_log(x), log(Precise(x)), 1e-300) < 1e-15);
  CHECK(error_of(natural_log(5e-324), log(Precise(5e-324))) < 1e-15);
  for (double x = -700.0; x < 709.0; x += 1.37) CHECK(error_of(exponential(x), exp(Precise(x))) < 1e-15);
  for (double x = 1e-9; x < 1e12; x *= 1.19) {
    INFO(x);
    CHECK(error_of(log_gamma(x), boost::math::lgamma(Precise(x)), 1.0) < 1e-14);
  }
}

TEST_CASE("the parts of the saddle point agree with fifty-digit arithmetic") {
  for (double n = 0.5; n < 1e9; n *= 1.7) {
    const Precise p = n;
    const Precise exact = boost::math::lgamma(p + 1) - (p + Precise(0.5)) * log(p) + p -
                          log(2 * boost::math::constants::pi<Precise>()) / 2;
    CHECK(error_of(stirling_error(n), exact, 0.05) < 1e-13);
    for (const double ratio : {0.01, 0.7, 0.95, 0.9999, 1.0000001, 1.04, 1.3, 80.0}) {
      INFO(n << " " << ratio);
      CHECK(error_of(deviance(n, n * ratio), p * log(p / Precise(n * ratio)) + Precise(n * ratio) - p, 1e-12) < 1e-11);
    }
  }
}

TEST_CASE("edges of the elementary functions") {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  CHECK(natural_log(1.0) == 0.0);
  CHECK(natural_log(0.0) == -kInfinity);
  CHECK(natural_log(kInfinity) == kInfinity);
  CHECK(std::isnan(natural_log(-1.0)));
  CHECK(exponential(0.0) == 1.0);
  CHECK(exponential(1000.0) == kInfinity);
  CHECK(exponential(-1000.0) == 0.0);
  CHECK(exponential(-744.0) > 0.0);
  CHECK(exponential(-kInfinity) == 0.0);
  CHECK(std::abs(log_gamma(1.0)) < 1e-14);
  CHECK(std::abs(log_gamma(2.0)) < 1e-14);
}
