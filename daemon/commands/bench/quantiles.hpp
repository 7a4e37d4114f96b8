#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace tapewatch {

/// The value that a share of all values do not exceed; 0 of none.
inline double quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  const auto at = std::min(values.size() - 1, static_cast<std::size_t>(share * static_cast<double>(values.size())));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
  return values[at];
}

/// Of waits in milliseconds.
struct Waits {
  double p50 = 0, p99 = 0;

  static Waits of(const std::vector<double>& waits) { return {quantile(waits, 0.5), quantile(waits, 0.99)}; }
};

}  // namespace tapewatch
