#include "storage/sentiment/percentiles.hpp"

#include <algorithm>
#include <cmath>

namespace tapewatch::storage {

void BucketScores::sort() { std::sort(scores_.begin(), scores_.end()); }

std::vector<double> BucketScores::next(std::size_t bucket, std::span<const double> wanted) {
  while (at_ < scores_.size() && scores_[at_].first < bucket) ++at_;
  const std::size_t first = at_;
  while (at_ < scores_.size() && scores_[at_].first == bucket) ++at_;
  std::vector<double> found;
  if (at_ == first) return found;
  const auto score = [&](std::size_t rank) { return static_cast<double>(scores_[first + rank].second); };
  for (const double percentile : wanted) {
    const double place = static_cast<double>(at_ - first - 1) * percentile / 100.0;
    const double below = std::floor(place);
    const auto rank = static_cast<std::size_t>(below);
    const double low = score(rank), high = score(std::min(rank + 1, at_ - first - 1));
    found.push_back((low + (high - low) * (place - below)) / 1e6);
  }
  return found;
}

}  // namespace tapewatch::storage
