#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "alerts/rules/rule_options.hpp"

namespace tapewatch::alerts {

/// How a rule's budget becomes a tail limit.
///
/// A budget of B false alarms in a period P is shared evenly over the S active series and the W windows of the rule:
/// each (series, window) pair may be wrong B / (S W) times in P. A window of length w slides continuously. The rate at
/// which such a window reaches a count k by chance is, for a Poisson process (Naus 1982, JASA 77:177; Alm 1983),
///
///     rate = λ (1 - μ / k) P(Y = k - 1),  μ = λ w,   which is below   (k - μ) / w · P(Y >= k),
///
/// because P(Y = k - 1) λ = P(Y = k) k / w. So a window of length w makes k - μ effective independent tests in its own
/// length, and the alarm condition is
///
///     P(Y >= k) · max(1, k - μ) <= B · (w / P) / (S W).
///
/// It is conservative: overlapping windows share their alarms, counts are discrete, and the open minute makes a window
/// up to a minute shorter than reckoned. Over-dispersed counts come in larger clumps and so in fewer episodes.
/// tests/alerts/detector/false_alarm_rate_test.cpp measures it.
struct BudgetShare {
  double allowed = 0.0;  ///< the right side of the condition

  BudgetShare(const FalseAlarmBudget&, std::size_t series, std::size_t windows, std::chrono::milliseconds window);

  /// The largest P(Y >= observed) that is an alarm.
  double tail_limit(std::uint64_t observed, double mean) const;
};

}  // namespace tapewatch::alerts
