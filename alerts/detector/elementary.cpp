#include "alerts/detector/elementary.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace tapewatch::alerts {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kLn2High = 0x1.62e42fefa3800p-1;  // ln 2 in two parts: the first times any exponent is exact
constexpr double kLn2Low = 0x1.ef35793c76730p-45;
constexpr double kHalfLnTwoPi = 0.91893853320467274178;
constexpr double kSmallestShift = 10.0;  // Stirling's series is good to 1e-16 from here on

/// B(2k) / (2k (2k-1)) of Stirling's series in 1/x.
double stirling_series(double x) {
  const double y = 1.0 / (x * x);
  return (1.0 / 12 -
          y * (1.0 / 360 - y * (1.0 / 1260 - y * (1.0 / 1680 - y * (1.0 / 1188 - y * (691.0 / 360360 - y / 156)))))) /
         x;
}

}  // namespace

double natural_log(double x) {
  if (!(x > 0.0)) return x == 0.0 ? -kInfinity : std::numeric_limits<double>::quiet_NaN();
  if (x == kInfinity) return x;
  int exponent = 0;
  if (x < std::numeric_limits<double>::min()) {
    x *= 0x1p54;
    exponent = -54;
  }
  const auto bits = std::bit_cast<std::uint64_t>(x);
  exponent += static_cast<int>(bits >> 52) - 1022;
  double m = std::bit_cast<double>((bits & 0x000fffffffffffffull) | 0x3fe0000000000000ull);  // [1/2, 1)
  if (m < 0.70710678118654752440) {
    m *= 2.0;
    --exponent;
  }
  // ln m = 2 artanh f, f = (m - 1) / (m + 1): |f| <= 0.172.
  const double f = (m - 1.0) / (m + 1.0);
  const double s = f * f;
  double tail = 0.0;
  for (int n = 23; n >= 3; n -= 2) tail = s * (1.0 / n + tail);
  return exponent * kLn2High + (exponent * kLn2Low + 2.0 * (f + f * tail));
}

double exponential(double x) {
  if (x != x) return x;
  if (x > 709.7) return kInfinity;
  if (x < -745.2) return 0.0;
  const int n = static_cast<int>(x * 1.44269504088896340736 + (x < 0.0 ? -0.5 : 0.5));
  const double r = (x - n * kLn2High) - n * kLn2Low;
  double sum = 0.0;
  for (int k = 13; k >= 1; --k) sum = r / k * (1.0 + sum);
  const double m = 1.0 + sum;
  const auto power = [](int e) { return std::bit_cast<double>(static_cast<std::uint64_t>(e + 1023) << 52); };
  return n >= -1021 ? m * power(n) : m * power(n + 60) * 0x1p-60;
}

double log_gamma(double x) {
  double product = 1.0;
  while (x < kSmallestShift) {
    product *= x;
    x += 1.0;
  }
  const double shifted = product == 1.0 ? 0.0 : natural_log(product);
  return (x - 0.5) * natural_log(x) - x + kHalfLnTwoPi + stirling_series(x) - shifted;
}

double stirling_error(double n) {
  if (n >= kSmallestShift) return stirling_series(n);
  return log_gamma(n + 1.0) - (n + 0.5) * natural_log(n) + n - kHalfLnTwoPi;
}

double deviance(double x, double m) {
  if (std::fabs(x - m) < 0.1 * (x + m)) {
    const double v = (x - m) / (x + m);
    double sum = (x - m) * v;
    double term = 2.0 * x * v;
    for (int j = 1; j < 200; ++j) {
      term *= v * v;
      const double next = sum + term / (2 * j + 1);
      if (next == sum) break;
      sum = next;
    }
    return sum;
  }
  return x * natural_log(x / m) + m - x;
}

}  // namespace tapewatch::alerts
