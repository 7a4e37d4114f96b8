#pragma once
#include <chrono>
#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "config/notation/mutex.hpp"

namespace tapewatch {

/// How often one caller may ask.
struct RateLimit {
  unsigned per_second = 0;  ///< in the long run; 0: as often as it likes
  unsigned burst = 1;       ///< as many at once, after a pause; at least 1
  friend bool operator==(const RateLimit&, const RateLimit&) = default;
};

/// Counts the requests of each caller against one limit (the generic cell rate algorithm: one instant per caller).
/// Of more callers than `most_callers`, those that have asked least recently are forgotten. Thread-safe.
class RateLimiter {
 public:
  using Clock = std::chrono::steady_clock;

  explicit RateLimiter(RateLimit limit = {}, std::size_t most_callers = 10'000)
      : limit_(limit), most_callers_(most_callers) {}

  /// Holds from the next request on; what callers have used up stays used.
  void set(RateLimit limit);
  RateLimit limit() const;

  /// Counts a request at `now`; nothing: it may go on, else how long the caller has to wait for its next one. A refused
  /// request does not count.
  std::optional<Clock::duration> take(std::string_view caller, Clock::time_point now);

  std::size_t callers() const;

 private:
  using Entry = std::pair<std::string, Clock::time_point>;  // what it has asked for is paid until then

  Entry& entry_of(std::string_view caller) REQUIRES(mutex_);

  mutable Mutex mutex_;
  RateLimit limit_ GUARDED_BY(mutex_);
  const std::size_t most_callers_;
  std::list<Entry> entries_ GUARDED_BY(mutex_);  // the latest caller first
  std::unordered_map<std::string_view, std::list<Entry>::iterator> by_name_ GUARDED_BY(mutex_);
};

/// Whom an address stands for: itself, or its network of 64 bits in IPv6, of which one host has as many addresses as it
/// likes.
std::string network_of(const std::string& address);

}  // namespace tapewatch
