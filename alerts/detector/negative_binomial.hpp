#pragma once
#include <cstdint>

namespace tapewatch::alerts {

/// Counts with mean `mean` and variance `ratio * mean` (ratio >= 1): negative binomial of size mean / (ratio - 1) and
/// success probability 1 / ratio, as in Farrington's limits (Noufaily et al. 2013, Stat Med 32:1206); Poisson at 1.
struct CountDistribution {
  double mean = 0.0;
  double ratio = 1.0;
};

/// ln P(Y >= count), also where the probability is too small for a double; 0 for count 0. A mean from 1e12 on is taken
/// for certain. The same bits on every machine. Never throws.
double log_upper_tail(const CountDistribution&, double count);

/// P(Y >= count), relative error below 1e-8 also where it is 1e-200.
double upper_tail(const CountDistribution&, std::uint64_t count);

/// The smallest k with P(Y <= k) >= 1 - upper, for `upper` in (0, 1); the largest integer where a mean is 1e12 or more.
/// Never throws.
std::uint64_t upper_quantile(const CountDistribution&, double upper);

}  // namespace tapewatch::alerts
