#include "alerts/detector/negative_binomial.hpp"

#include <boost/math/distributions/negative_binomial.hpp>
#include <boost/math/distributions/poisson.hpp>
#include <limits>

namespace tapewatch::alerts {
namespace {

namespace math = boost::math;
namespace policies = boost::math::policies;

constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
constexpr double kPoissonBelow = 1e-12;  // ratio - 1 under which the two cannot be told apart in double

/// Nothing throws. Plain double: long double is six times slower and brings nothing at 1e-8.
using Policy = policies::policy<
    policies::domain_error<policies::ignore_error>, policies::pole_error<policies::ignore_error>,
    policies::overflow_error<policies::ignore_error>, policies::evaluation_error<policies::ignore_error>,
    policies::rounding_error<policies::ignore_error>, policies::indeterminate_result_error<policies::ignore_error>,
    policies::promote_double<false>, policies::discrete_quantile<policies::integer_round_up>>;

/// Beyond it a count is below or above the mean, and the share of the spread is not worth a continued fraction of
/// millions of terms.
constexpr double kLargestMean = 1e12;

bool is_poisson(const CountDistribution& d) { return d.ratio - 1.0 < kPoissonBelow; }
double size(const CountDistribution& d) { return d.mean / (d.ratio - 1.0); }

}  // namespace

double upper_tail(const CountDistribution& d, std::uint64_t count) {
  if (count == 0) return 1.0;
  if (!(d.mean > 0.0)) return 0.0;
  const double k = static_cast<double>(count);
  if (!(d.mean < kLargestMean)) return k <= d.mean ? 1.0 : 0.0;
  // DLMF 8.17.24 and 8.4.9; the failure's probability 1 - 1/ratio is given without the subtraction's loss.
  if (is_poisson(d)) return math::gamma_p(k, d.mean, Policy());
  return math::ibeta(k, size(d), (d.ratio - 1.0) / d.ratio, Policy());
}

std::uint64_t upper_quantile(const CountDistribution& d, double upper) {
  if (upper_tail(d, 1) <= upper) return 0;  // also where the size is too small for a double
  if (!(d.mean < kLargestMean)) return kMost;
  const auto smallest = [upper](const auto& distribution) {
    const double count = math::quantile(math::complement(distribution, upper));
    return count < static_cast<double>(kMost) ? static_cast<std::uint64_t>(count) : kMost;
  };
  if (is_poisson(d)) return smallest(math::poisson_distribution<double, Policy>(d.mean));
  return smallest(math::negative_binomial_distribution<double, Policy>(size(d), 1.0 / d.ratio));
}

}  // namespace tapewatch::alerts
