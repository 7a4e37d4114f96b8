#include "model/logit_cache.hpp"

#include <xxhash.h>

#include <algorithm>
#include <bit>
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
  const auto same = [](std::int32_t id, std::uint32_t word) { return static_cast<std::uint32_t>(id) == word; };
  return *entry == key.size() && std::ranges::equal(key, std::span(entry + 1, key.size()), same);
}

LogitCache::Place& LogitCache::place_for(std::span<Place> bucket, std::uint64_t hash, std::span<const std::int32_t> key,
                                         std::size_t logits) const {
  for (Place& place : bucket) {
    if (!lives(place) || (place.hash == hash && holds(place, key, logits))) return place;
  }
  return *std::ranges::min_element(bucket, {}, &Place::begin);
}

bool LogitCache::find(std::span<const std::int32_t> key, std::span<float> logits) {
  const std::uint64_t hash = hash_of(key);
  const MutexLock lock(mutex_);
  for (const Place& place : bucket(hash)) {
    if (place.hash != hash || !holds(place, key, logits.size())) continue;
    const std::uint32_t* entry = words_.data() + place.begin % words_.size();
    std::transform(entry + 1 + key.size(), entry + place.words, logits.begin(), std::bit_cast<float, std::uint32_t>);
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
  entry = std::ranges::copy(key, entry + 1).out;
  std::ranges::transform(logits, entry, std::bit_cast<std::uint32_t, float>);
  end_ += words;
}

LogitCache::Counts LogitCache::take_counts() {
  const MutexLock lock(mutex_);
  return std::exchange(counts_, {});
}

}  // namespace tapewatch::model
