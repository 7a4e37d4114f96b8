#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace tapewatch::storage {

/// The scores of a series' documents by bucket, in 1e-6.
class BucketScores {
 public:
  void add(std::size_t bucket, std::int64_t micro) {
    scores_.emplace_back(static_cast<std::uint32_t>(bucket), static_cast<std::int32_t>(micro));
  }
  void sort();
  /// Of the bucket's scores, each of `wanted` (0 to 100), interpolated linearly between the two nearest (as numpy,
  /// pandas and DuckDB's quantile_cont do); empty where the bucket has none. After sort(), buckets in ascending order.
  std::vector<double> next(std::size_t bucket, std::span<const double> wanted);

 private:
  std::vector<std::pair<std::uint32_t, std::int32_t>> scores_;
  std::size_t at_ = 0;  ///< behind the last bucket that was asked for
};

}  // namespace tapewatch::storage
