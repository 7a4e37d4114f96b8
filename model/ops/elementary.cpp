#include "model/ops/elementary.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

namespace tapewatch::model {
namespace {

// ln 2 in two parts: the first has 20 zero bits at its end, so that its products with exponents are exact.
constexpr double kLn2High = 0x1.62e42fee00000p-1, kLn2Low = 0x1.a39ef35793c76p-33;
constexpr double kLog2E = 0x1.71547652b82fep+0;

constexpr int kExpTerms = 14, kLogTerms = 12;

/// 1 / k! for k of 0 … kExpTerms, as the compiler rounds them.
constexpr auto kInverseFactorials = [] {
  std::array<double, kExpTerms + 1> values{1};
  double factorial = 1;  // exact up to 18!
  for (int k = 1; k <= kExpTerms; ++k) values[static_cast<std::size_t>(k)] = 1 / (factorial *= k);
  return values;
}();

/// 1 / (2k + 3) for k of 0 … kLogTerms − 1.
constexpr auto kInverseOdds = [] {
  std::array<double, kLogTerms> values{};
  for (int k = 0; k < kLogTerms; ++k) values[static_cast<std::size_t>(k)] = 1.0 / (2 * k + 3);
  return values;
}();

}  // namespace

// x = n·ln 2 + r with |r| ≤ ½ ln 2, then Taylor's series of r to the 14th power, whose rest is below 2⁻⁶³.
double natural_exp(double x) {
  if (x < -708) return 0;
  if (x > 709) return std::numeric_limits<double>::infinity();
  const double n = std::nearbyint(x * kLog2E);
  const double r = (x - n * kLn2High) - n * kLn2Low;
  double sum = 0;
  for (std::size_t k = kInverseFactorials.size(); k-- > 0;) sum = sum * r + kInverseFactorials[k];
  return std::ldexp(sum, static_cast<int>(n));
}

// x = m·2ⁿ with √½ ≤ m < √2; ln m = 2·artanh(s) of s = (m − 1) / (m + 1), |s| < 0.172: its series to s²⁵.
double natural_log(double x) {
  constexpr double kRootHalf = 0x1.6a09e667f3bcdp-1;
  int exponent = 0;
  double m = std::frexp(x, &exponent);
  if (m < kRootHalf) {
    m *= 2;
    --exponent;
  }
  const double s = (m - 1) / (m + 1), square = s * s;
  double sum = 0;
  for (std::size_t k = kInverseOdds.size(); k-- > 0;) sum = (sum + kInverseOdds[k]) * square;
  return exponent * kLn2High + (2 * s + (2 * s * sum + exponent * kLn2Low));
}

double power(double base, double exponent) {
  if (exponent == 0) return 1;
  return base > 0 ? natural_exp(exponent * natural_log(base)) : 0;
}

// tanh x = 1 − 2 / (e²ˣ + 1), in double precision; near 0, where that loses digits, its series.
float hyperbolic_tangent(float x) {
  constexpr double kNearZero = 1e-3;
  const double wide = x;
  if (std::abs(wide) < kNearZero) return static_cast<float>(wide - wide * wide * wide / 3);
  return static_cast<float>(1 - 2 / (natural_exp(2 * wide) + 1));
}

}  // namespace tapewatch::model
