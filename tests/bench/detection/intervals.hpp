#pragma once

namespace tapewatch::bench {

struct Interval {
  double low = 0.0;
  double high = 0.0;
};

/// 95 % of the mean of a Poisson count: exact (Garwood 1936).
Interval poisson_interval(int count);

/// 95 % of the probability of a success: Wilson's score interval (1927).
Interval wilson_interval(int successes, int trials);

}  // namespace tapewatch::bench
