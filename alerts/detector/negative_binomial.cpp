#include "alerts/detector/negative_binomial.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "alerts/detector/elementary.hpp"

namespace tapewatch::alerts {
namespace {

constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
constexpr double kImpossible = -std::numeric_limits<double>::infinity();  // the logarithm of nothing
constexpr double kPoissonBelow = 1e-12;  // ratio - 1 under which the two cannot be told apart in double
constexpr double kLnTwoPi = 1.83787706640934548356;
constexpr double kPrecision = 1e-16;
constexpr int kMostTerms = 10'000'000;

/// Beyond it a count is below or above the mean, and the share of the spread is not worth millions of terms.
constexpr double kLargestMean = 1e12;

/// ln of the Poisson probability of k >= 1, as a saddle point: nothing large is subtracted (Loader 2000).
double log_poisson(double k, double mean) {
  return -stirling_error(k) - deviance(k, mean) - 0.5 * (kLnTwoPi + natural_log(k));
}

/// ln of the negative binomial probability of k >= 1 with size r: r / (k + r) times a binomial probability of r out of
/// k + r, likewise.
double log_probability(double k, const CountDistribution& d, double r) {
  const double failure = (d.ratio - 1.0) / d.ratio;
  if (r < 1e-8) return natural_log(r) - natural_log(k) + k * natural_log(failure) - r * natural_log(d.ratio);
  const double n = k + r;
  const double binomial = stirling_error(n) - stirling_error(k) - stirling_error(r) - deviance(k, n * failure) -
                          deviance(r, n / d.ratio) +
                          0.5 * (natural_log(n) - kLnTwoPi - natural_log(k) - natural_log(r));
  return binomial + natural_log(r / n);
}

/// The continued fraction of the incomplete beta function (DLMF 8.17.22) by Lentz's method:
/// I_x(a, b) = x^a (1-x)^b / (a B(a, b)) times it.
double beta_fraction(double a, double b, double x) {
  constexpr double kTiny = 1e-300;
  double c = 1.0;
  double d = 1.0 - (a + b) * x / (a + 1.0);
  d = 1.0 / (std::fabs(d) < kTiny ? kTiny : d);
  double h = d;
  for (int m = 1; m <= kMostTerms; ++m) {
    double step = 1.0;
    for (const bool even : {true, false}) {
      const double t = even ? m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m))
                            : -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
      d = 1.0 + t * d;
      d = 1.0 / (std::fabs(d) < kTiny ? kTiny : d);
      c = 1.0 + t / c;
      if (std::fabs(c) < kTiny) c = kTiny;
      step = c * d;
      h *= step;
    }
    if (std::fabs(step - 1.0) < kPrecision) break;
  }
  return h;
}

/// P(Y >= k) / P(Y = k) of a Poisson count, k above the mean.
double poisson_tail_sum(double k, double mean) {
  double sum = 1.0, term = 1.0;
  double j = k;
  while (term > kPrecision * sum) sum += term *= mean / (j += 1.0);
  return sum;
}

/// P(Y < k) / P(Y = k) of a Poisson count, k not above the mean.
double poisson_lower_sum(double k, double mean) {
  double sum = 0.0, term = 1.0;
  double j = k;
  while (j > 0.0) {
    sum += term *= j / mean;
    if (term <= kPrecision * sum) break;
    j -= 1.0;
  }
  return sum;
}

/// P(Y >= k) / P(Y = k) term by term, where that is a short geometric-like sum; 0 where it is not.
double short_tail_sum(double k, double r, double failure) {
  constexpr int kMostShort = 60;
  double sum = 1.0, term = 1.0;
  for (int j = 0; j < kMostShort; ++j) {
    sum += term *= failure * (r + k + j) / (k + j + 1.0);
    if (term <= kPrecision * sum) return sum;
  }
  return 0.0;
}

double log_of_rest(double log_lower) {
  const double lower = std::min(exponential(log_lower), 1.0);
  return lower < 1.0 ? natural_log(1.0 - lower) : kImpossible;
}

}  // namespace

double log_upper_tail(const CountDistribution& d, double k) {
  if (k <= 0.0) return 0.0;
  if (!(d.mean > 0.0)) return kImpossible;
  if (!(d.mean < kLargestMean)) return k <= d.mean ? 0.0 : kImpossible;
  if (d.ratio - 1.0 < kPoissonBelow) {
    const double point = log_poisson(k, d.mean);
    if (k > d.mean) return std::min(0.0, point + natural_log(poisson_tail_sum(k, d.mean)));
    return log_of_rest(point + natural_log(poisson_lower_sum(k, d.mean)));
  }
  const double r = d.mean / (d.ratio - 1.0);
  if (!(r > 0.0)) return kImpossible;
  const double failure = (d.ratio - 1.0) / d.ratio;
  const double point = log_probability(k, d, r);
  // From the upper side where the tail may be tiny, though the fraction takes its time there; else from the lower.
  if (k > d.mean || r < 1.0 || failure < (k + 1.0) / (k + r + 2.0)) {
    double sum = short_tail_sum(k, r, failure);
    if (sum == 0.0) sum = beta_fraction(k, r, failure);
    return std::min(0.0, point + natural_log(sum));
  }
  return log_of_rest(point + natural_log(k / r * beta_fraction(r, k, 1.0 / d.ratio)));
}

double upper_tail(const CountDistribution& d, std::uint64_t count) {
  return exponential(log_upper_tail(d, static_cast<double>(count)));
}

std::uint64_t upper_quantile(const CountDistribution& d, double upper) {
  if (upper_tail(d, 1) <= upper) return 0;  // also where the size is too small for a double
  if (!(d.mean < kLargestMean)) return kMost;
  std::uint64_t low = 0;  // P(Y > low) > upper
  std::uint64_t high = 1 + static_cast<std::uint64_t>(std::min(d.mean, 1e18));
  while (upper_tail(d, high + 1) > upper) {
    low = high;
    if (high > kMost / 4) return kMost;
    high *= 2;
  }
  while (high - low > 1) {
    const std::uint64_t middle = low + (high - low) / 2;
    (upper_tail(d, middle + 1) > upper ? low : high) = middle;
  }
  return high;
}

}  // namespace tapewatch::alerts
