#pragma once

#include <cstddef>
#include <vector>

namespace tapewatch::model {

/// A prediction: its confidence, and whether it was right.
struct Outcome {
  double confidence = 0;
  bool right = false;
};

/// One bin of a reliability diagram.
struct ReliabilityBin {
  double confidence = 0;  // mean
  double accuracy = 0;
  std::size_t rows = 0;
};

inline constexpr std::size_t kReliabilityBins = 10;

/// Bins of equal mass by rising confidence (Nguyen & O'Connor 2015); fewer than kReliabilityBins if there are fewer
/// outcomes.
std::vector<ReliabilityBin> reliability_bins(std::vector<Outcome> outcomes);

/// The expected calibration error over these bins: the mean |accuracy − confidence|, weighted by rows. 0 without bins.
double expected_error(const std::vector<ReliabilityBin>& bins);

}  // namespace tapewatch::model
