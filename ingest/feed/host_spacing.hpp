#pragma once

#include <algorithm>
#include <chrono>
#include <map>
#include <string>

#include "ingest/document/document.hpp"

namespace tapewatch::ingest {

/// A time before which a host wants no request, by the answer to one of them.
struct HostHold {
  std::string host;
  TimePoint until{};

  friend bool operator==(const HostHold&, const HostHold&) = default;
};

/// Spaces requests to one host, over all its feeds, and keeps away from a host that asked for it. Bounded: long-idle
/// hosts are forgotten.
class HostSpacing {
 public:
  /// Nobody asks the host before the hold ends; a longer one stays.
  void hold(const HostHold& hold) {
    TimePoint& until = held_[hold.host];
    until = std::max(until, hold.until);
  }

  /// The end of the host's hold; `now` when there is none.
  TimePoint held_until(const std::string& host, TimePoint now) const {
    const auto found = held_.find(host);
    return found == held_.end() ? now : std::max(now, found->second);
  }

  /// Reserves the next free moment at or after `now` and returns it: the caller may send its request then, unless the
  /// host has been held meanwhile.
  TimePoint reserve(const std::string& host, TimePoint now, std::chrono::milliseconds spacing) {
    std::erase_if(next_, [&](const auto& entry) { return entry.second <= now; });
    std::erase_if(held_, [&](const auto& entry) { return entry.second <= now; });
    const auto found = next_.find(host);
    const TimePoint free = found == next_.end() ? now : std::max(now, found->second);
    const TimePoint at = std::max(free, held_until(host, now));
    next_[host] = at + spacing;
    return at;
  }

 private:
  std::map<std::string, TimePoint> next_;  // when the next request to each host is allowed
  std::map<std::string, TimePoint> held_;
};

}  // namespace tapewatch::ingest
