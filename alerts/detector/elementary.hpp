#pragma once

namespace tapewatch::alerts {

// The detector's own elementary functions: sums, products, quotients and the square root of IEEE 754, which are the
// same everywhere. A C library's log, exp and lgamma differ in the last bit from one version to the next, and an alert
// must not. Compiled without contraction (see CMakeLists.txt).

/// ln x, relative error below 1e-15 for normal x > 0 (absolute near 1); -infinity for 0, NaN below.
double natural_log(double x);

/// e^x, relative error below 1e-15 where it is a normal number; 0 and infinity beyond.
double exponential(double x);

/// ln Γ(x) for x > 0, error below 1e-14 of max(1, |ln Γ|): Stirling's series, shifted up for small x (DLMF 5.11.1).
double log_gamma(double x);

/// ln n! - (n + 1/2) ln n + n - ln √(2π) for n > 0: what Stirling's formula leaves out. Loader 2000, "Fast and accurate
/// computation of binomial probabilities", whose saddle point form needs it.
double stirling_error(double n);

/// x ln(x / m) + m - x for x, m > 0 without the loss where they are close (Loader 2000).
double deviance(double x, double m);

}  // namespace tapewatch::alerts
