#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "config/notation/mutex.hpp"

namespace tapewatch::model {

/// The logits of windows that have been scored, by what was read: token ids and questions, compared whole. Reprints
/// arrive all day; a copy of the bits costs less than a thousandth of the encoder.
///
/// All memory is taken at the start, for at most `max_bytes`; the oldest entries make room. For one model. Any thread.
class LogitCache {
 public:
  explicit LogitCache(std::size_t max_bytes);

  /// Fills `logits` and returns true if they were stored under `key` with as many values.
  bool find(std::span<const std::int32_t> key, std::span<float> logits);
  /// An entry too long for a quarter of the memory is not kept.
  void store(std::span<const std::int32_t> key, std::span<const float> logits);

  struct Counts {
    std::uint64_t hits = 0, misses = 0;
  };
  /// What find() answered since the last call.
  Counts take_counts();

 private:
  /// Where an entry begins, counted over all words ever written; it lives until its first word is written over.
  struct Place {
    std::uint64_t hash = 0;
    std::uint64_t begin = 0;
    std::uint32_t words = 0;  // 0: none
  };
  static constexpr std::size_t kWays = 4;  // places with the same end of a hash

  std::span<Place> bucket(std::uint64_t hash) REQUIRES(mutex_);
  bool lives(const Place& place) const REQUIRES(mutex_);
  bool holds(const Place& place, std::span<const std::int32_t> key, std::size_t logits) const REQUIRES(mutex_);

  /// In a bucket that is not empty: a free place, that of the same key, or the oldest.
  Place& place_for(std::span<Place> bucket, std::uint64_t hash, std::span<const std::int32_t> key,
                   std::size_t logits) const REQUIRES(mutex_);

  Mutex mutex_;
  /// A ring: of each entry the number of its ids, the ids, the logits. No entry lies across the end.
  std::vector<std::uint32_t> words_ GUARDED_BY(mutex_);
  std::uint64_t end_ GUARDED_BY(mutex_) = 0;
  std::vector<Place> places_ GUARDED_BY(mutex_);
  Counts counts_ GUARDED_BY(mutex_);
};

}  // namespace tapewatch::model
