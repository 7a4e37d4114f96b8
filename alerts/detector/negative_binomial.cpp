#include "alerts/detector/negative_binomial.hpp"

#include <math.h>  // lgamma_r: std::lgamma writes a global

#include <algorithm>
#include <cmath>

namespace tapewatch::alerts {
namespace {

constexpr double kPoissonBelow = 1e-12;  // ratio - 1 under which the two cannot be told apart in double
constexpr double kNegligible = 1e-17;
constexpr int kMaxTerms = 2'000'000;

double log_gamma(double x) {
  int sign = 0;
  return ::lgamma_r(x, &sign);
}

/// log Γ(r + k) - log Γ(r). Subtracting two large log-gammas loses digits, so from r = 1e4 on the difference of their
/// Stirling series is taken term by term (DLMF 5.11.1); its remainder is below 1 / (360 r^3).
double log_rising(double r, double k) {
  if (r < 1e4) return log_gamma(r + k) - log_gamma(r);
  return (r - 0.5) * std::log1p(k / r) + k * std::log(r + k) - k + (1.0 / (r + k) - 1.0 / r) / 12.0;
}

double log_pmf(const CountDistribution& d, double k) {
  const double excess = d.ratio - 1.0;
  if (excess < kPoissonBelow) return k * std::log(d.mean) - d.mean - log_gamma(k + 1.0);
  const double r = d.mean / excess;
  return log_rising(r, k) - log_gamma(k + 1.0) - r * std::log1p(excess) + k * (std::log(excess) - std::log1p(excess));
}

/// pmf(k + 1) / pmf(k)
double step_up(const CountDistribution& d, double k) {
  const double excess = d.ratio - 1.0;
  if (excess < kPoissonBelow) return d.mean / (k + 1.0);
  return (k * excess + d.mean) / ((k + 1.0) * d.ratio);
}

double sum_upwards(const CountDistribution& d, double k) {
  double sum = 1.0;
  double term = 1.0;
  for (int i = 0; i < kMaxTerms; ++i) {
    term *= step_up(d, k);
    k += 1.0;
    sum += term;
    if (term < sum * kNegligible) break;
  }
  return sum;
}

double sum_downwards(const CountDistribution& d, double k) {
  double sum = 1.0;
  double term = 1.0;
  while (k > 0.0) {
    k -= 1.0;
    term /= step_up(d, k);
    sum += term;
    if (term < sum * kNegligible) break;
  }
  return sum;
}

}  // namespace

double upper_tail(const CountDistribution& d, std::uint64_t count) {
  if (count == 0) return 1.0;
  if (!(d.mean > 0.0)) return 0.0;
  const double k = static_cast<double>(count);
  // On the far side of the mean the terms fall from the first one on; there the sum is short and exact.
  if (k > d.mean) return std::min(1.0, std::exp(log_pmf(d, k)) * sum_upwards(d, k));
  return std::clamp(1.0 - std::exp(log_pmf(d, k - 1.0)) * sum_downwards(d, k - 1.0), 0.0, 1.0);
}

std::uint64_t upper_quantile(const CountDistribution& d, double upper) {
  if (!(d.mean > 0.0)) return 0;
  // P(Y > k) <= upper: double an upper bound, then halve the interval.
  std::uint64_t high = 1;
  const std::uint64_t start = static_cast<std::uint64_t>(d.mean);
  while (upper_tail(d, start + high + 1) > upper) high *= 2;
  high += start;
  std::uint64_t low = 0;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    if (upper_tail(d, middle + 1) <= upper)
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

}  // namespace tapewatch::alerts
