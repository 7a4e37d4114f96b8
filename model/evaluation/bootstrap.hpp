#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace tapewatch::model {

/// The 95 % confidence interval of a figure.
struct Interval {
  double low = 0, high = 0;
};

/// The result of one labelled row.
struct ClassifiedRow {
  std::size_t truth = 0, predicted = 0;
};

struct BootstrapIntervals {
  Interval accuracy, macro_f1;
};

/// Percentile intervals over `samples` draws of as many rows with replacement (Efron & Tibshirani 1993, ch. 13): how
/// far the figures depend on which rows happened to be measured. The same `seed` gives the same intervals everywhere.
BootstrapIntervals bootstrap(std::span<const ClassifiedRow> rows, std::size_t classes, std::size_t samples,
                             std::uint64_t seed);

}  // namespace tapewatch::model
