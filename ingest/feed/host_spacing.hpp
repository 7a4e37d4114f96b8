#pragma once

#include <chrono>
#include <map>
#include <string>

#include "ingest/document/document.hpp"

namespace tapewatch::ingest {

/// Spaces requests to one host, over all its feeds. Bounded: long-idle hosts are forgotten.
class HostSpacing {
 public:
  /// Reserves the next free moment at or after `now` and returns it: the caller may send its request then.
  TimePoint reserve(const std::string& host, TimePoint now, std::chrono::milliseconds spacing) {
    std::erase_if(next_, [&](const auto& entry) { return entry.second <= now; });
    const auto found = next_.find(host);
    const TimePoint at = found == next_.end() ? now : std::max(now, found->second);
    next_[host] = at + spacing;
    return at;
  }

 private:
  std::map<std::string, TimePoint> next_;  // when the next request to each host is allowed
};

}  // namespace tapewatch::ingest
