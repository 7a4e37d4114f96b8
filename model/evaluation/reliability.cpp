#include "model/evaluation/reliability.hpp"

#include <algorithm>
#include <cmath>

namespace tapewatch::model {

std::vector<ReliabilityBin> reliability_bins(std::vector<Outcome> outcomes) {
  std::stable_sort(outcomes.begin(), outcomes.end(),
                   [](const auto& a, const auto& b) { return a.confidence < b.confidence; });
  const std::size_t n = outcomes.size();
  const std::size_t count = std::min(n, kReliabilityBins);
  std::vector<ReliabilityBin> bins;
  for (std::size_t bin = 0; bin < count; ++bin) {
    const std::size_t begin = n * bin / count, end = n * (bin + 1) / count;
    ReliabilityBin sum{.rows = end - begin};
    for (std::size_t i = begin; i < end; ++i) {
      sum.confidence += outcomes[i].confidence;
      sum.accuracy += outcomes[i].right ? 1 : 0;
    }
    sum.confidence /= static_cast<double>(sum.rows);
    sum.accuracy /= static_cast<double>(sum.rows);
    bins.push_back(sum);
  }
  return bins;
}

double expected_error(const std::vector<ReliabilityBin>& bins) {
  double sum = 0, rows = 0;
  for (const auto& bin : bins) {
    sum += std::abs(bin.accuracy - bin.confidence) * static_cast<double>(bin.rows);
    rows += static_cast<double>(bin.rows);
  }
  return rows > 0 ? sum / rows : 0;
}

}  // namespace tapewatch::model
