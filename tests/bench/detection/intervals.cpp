#include "tests/bench/detection/intervals.hpp"

#include <algorithm>
#include <cmath>

namespace tapewatch::bench {
namespace {

/// P(X <= count) of a Poisson variable.
double poisson_cdf(int count, double mean) {
  double sum = 0.0;
  for (int k = count; k >= 0; --k) {
    const double term = std::exp(k * std::log(mean) - mean - std::lgamma(k + 1.0));
    sum += term;
    if (k < mean && term < 1e-12 * sum) break;
  }
  return sum;
}

/// The mean at which P(X <= count) has fallen to `target`.
double mean_where(int count, double target) {
  double low = 1e-9, high = 2.0 * count + 20.0;
  for (int step = 0; step < 60; ++step) {
    const double middle = 0.5 * (low + high);
    (poisson_cdf(count, middle) > target ? low : high) = middle;
  }
  return low;
}

}  // namespace

Interval poisson_interval(int count) {
  return {count == 0 ? 0.0 : mean_where(count - 1, 0.975), mean_where(count, 0.025)};
}

Interval wilson_interval(int successes, int trials) {
  if (trials == 0) return {0.0, 1.0};
  const double z = 1.959964, n = trials, p = successes / n;
  const double middle = (p + z * z / (2 * n)) / (1 + z * z / n);
  const double half = z / (1 + z * z / n) * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  return {std::max(0.0, middle - half), std::min(1.0, middle + half)};
}

}  // namespace tapewatch::bench
