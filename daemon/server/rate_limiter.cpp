#include "daemon/server/rate_limiter.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace tapewatch {

void RateLimiter::set(RateLimit limit) {
  const MutexLock lock(mutex_);
  limit_ = limit;
}

RateLimit RateLimiter::limit() const {
  const MutexLock lock(mutex_);
  return limit_;
}

RateLimiter::Entry& RateLimiter::entry_of(std::string_view caller) {
  if (const auto known = by_name_.find(caller); known != by_name_.end()) {
    entries_.splice(entries_.begin(), entries_, known->second);
    return entries_.front();
  }
  if (entries_.size() >= most_callers_) {
    by_name_.erase(entries_.back().first);
    entries_.pop_back();
  }
  entries_.emplace_front(std::string(caller), Clock::time_point{});
  by_name_.emplace(entries_.front().first, entries_.begin());
  return entries_.front();
}

std::optional<RateLimiter::Clock::duration> RateLimiter::take(std::string_view caller, Clock::time_point now) {
  const MutexLock lock(mutex_);
  if (limit_.per_second == 0) return std::nullopt;
  const Clock::duration each = Clock::duration(std::chrono::seconds(1)) / limit_.per_second;
  const Clock::duration ahead = each * (std::max(limit_.burst, 1U) - 1);
  Clock::time_point& paid_until = entry_of(caller).second;
  const Clock::time_point from = std::max(paid_until, now);
  if (from - now > ahead) return from - now - ahead;
  paid_until = from + each;
  return std::nullopt;
}

std::size_t RateLimiter::callers() const {
  const MutexLock lock(mutex_);
  return entries_.size();
}

std::string network_of(const std::string& address) {
  std::array<unsigned char, 16> bytes{};
  if (::inet_pton(AF_INET6, address.substr(0, address.find('%')).c_str(), bytes.data()) != 1) return address;
  std::fill(bytes.begin() + 8, bytes.end(), 0);
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(AF_INET6, bytes.data(), text.data(), text.size());
  return std::string(text.data()) + "/64";
}

}  // namespace tapewatch
