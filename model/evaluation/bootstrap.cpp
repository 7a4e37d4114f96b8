#include "model/evaluation/bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "model/evaluation/evaluation.hpp"

namespace tapewatch::model {
namespace {

/// The 2.5 % and 97.5 % quantiles (nearest rank).
Interval interval_of(std::vector<double> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  const auto rank = [&](double share) {
    const double place = std::ceil(share * static_cast<double>(values.size())) - 1;
    return values[std::min(values.size() - 1, static_cast<std::size_t>(std::max(0.0, place)))];
  };
  return {rank(0.025), rank(0.975)};
}

}  // namespace

BootstrapIntervals bootstrap(std::span<const ClassifiedRow> rows, std::size_t classes, std::size_t samples,
                             std::uint64_t seed) {
  if (rows.empty()) return {};
  std::mt19937_64 random(seed);
  std::vector<double> accuracies, scores;
  for (std::size_t sample = 0; sample < samples; ++sample) {
    Confusion confusion(classes, std::vector<std::size_t>(classes));
    // The remainder favours the first rows by less than one in 2^40 for any file that fits in memory.
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto& row = rows[random() % rows.size()];
      ++confusion[row.truth][row.predicted];
    }
    const auto summary = summarise(confusion);
    accuracies.push_back(summary.accuracy);
    scores.push_back(summary.macro_f1);
  }
  return {interval_of(std::move(accuracies)), interval_of(std::move(scores))};
}

}  // namespace tapewatch::model
