#include "model/logit_cache.hpp"

#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace tapewatch::model {
namespace {

/// Of a headline with its logits: the number of places follows from it.
constexpr std::size_t kUsualEntryBytes = 256;

std::uint64_t hash_of(std::span<const std::int32_t> key) { return XXH3_64bits(key.data(), key.size_bytes()); }

}  // namespace

LogitCache::LogitCache(std::size_t max_bytes) {
  const std::size_t places = std::bit_floor(max_bytes / kUsualEntryBytes);
  if (places < kWays) return;
  places_.resize(places);
  words_.resize((max_bytes - places * sizeof(Place)) / sizeof(std::uint32_t));
}

std::span<LogitCache::Place> LogitCache::bucket(std::uint64_t hash) {
  if (places_.empty()) return {};
  return std::span(places_).subspan(hash % (places_.size() / kWays) * kWays, kWays);
}

bool LogitCache::lives(const Place& place) const { return place.words > 0 && place.begin + words_.size() >= end_; }

bool LogitCache::holds(const Place& place, std::span<const std::int32_t> key, std::size_t logits) const {
  if (!lives(place) || place.words != 1 + key.size() + logits) return false;
  const std::uint32_t* entry = words_.data() + place.begin % words_.size();
  return *entry == key.size() && std::memcmp(entry + 1, key.data(), key.size_bytes()) == 0;
}

LogitCache::Place& LogitCache::place_for(std::span<Place> bucket, std::uint64_t hash, std::span<const std::int32_t> key,
                                         std::size_t logits) const {
  for (Place& place : bucket)
    if (!lives(place) || (place.hash == hash && holds(place, key, logits))) return place;
  return *std::ranges::min_element(bucket, {}, &Place::begin);
}

bool LogitCache::find(std::span<const std::int32_t> key, std::span<float> logits) {
  const std::uint64_t hash = hash_of(key);
  const MutexLock lock(mutex_);
  for (const Place& place : bucket(hash)) {
    if (place.hash != hash || !holds(place, key, logits.size())) continue;
    const std::uint32_t* entry = words_.data() + place.begin % words_.size();
    std::memcpy(logits.data(), entry + 1 + key.size(), logits.size_bytes());
    ++counts_.hits;
    return true;
  }
  ++counts_.misses;
  return false;
}

void LogitCache::store(std::span<const std::int32_t> key, std::span<const float> logits) {
  const std::size_t words = 1 + key.size() + logits.size();
  const std::uint64_t hash = hash_of(key);
  const MutexLock lock(mutex_);
  const auto places = bucket(hash);
  if (words > words_.size() / 4 || places.empty()) return;
  const std::size_t at = end_ % words_.size();
  if (at + words > words_.size()) end_ += words_.size() - at;
  Place& place = place_for(places, hash, key, logits.size());
  place = {.hash = hash, .begin = end_, .words = static_cast<std::uint32_t>(words)};
  std::uint32_t* entry = words_.data() + end_ % words_.size();
  *entry = static_cast<std::uint32_t>(key.size());
  std::memcpy(entry + 1, key.data(), key.size_bytes());
  std::memcpy(entry + 1 + key.size(), logits.data(), logits.size_bytes());
  end_ += words;
}

LogitCache::Counts LogitCache::take_counts() {
  const MutexLock lock(mutex_);
  return std::exchange(counts_, {});
}

}  // namespace tapewatch::model
