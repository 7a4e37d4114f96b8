// Tested by tests/alerts/detector/false_alarm_rate_test.cpp
#include "alerts/detector/false_alarm_budget.hpp"

#include <algorithm>

namespace tapewatch::alerts {

BudgetShare::BudgetShare(const FalseAlarmBudget& budget, std::size_t series, std::size_t windows,
                         std::chrono::milliseconds window) {
  const double lengths = static_cast<double>(budget.per.count()) / static_cast<double>(window.count());
  const double shares = static_cast<double>(std::max<std::size_t>(series, 1) * std::max<std::size_t>(windows, 1));
  allowed = budget.count / (lengths * shares);
}

double BudgetShare::tail_limit(std::uint64_t observed, double mean) const {
  return allowed / std::max(1.0, static_cast<double>(observed) - mean);
}

}  // namespace tapewatch::alerts
