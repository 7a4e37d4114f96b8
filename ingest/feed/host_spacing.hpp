#pragma once

#include <chrono>
#include <map>
#include <string>

#include "ingest/document/document.hpp"

namespace tapewatch::ingest {

/// Keeps requests to one host apart, over all feeds that live there. Bounded: hosts idle for long are forgotten.
class HostSpacing {
 public:
  /// Reserves the next free moment at or after `now`: the returned time is when the caller may ask.
  TimePoint reserve(const std::string& host, TimePoint now, std::chrono::milliseconds spacing) {
    std::erase_if(next_, [&](const auto& entry) { return entry.second <= now; });
    const auto found = next_.find(host);
    const TimePoint at = found == next_.end() ? now : std::max(now, found->second);
    next_[host] = at + spacing;
    return at;
  }

 private:
  std::map<std::string, TimePoint> next_;  // when each host may be asked again
};

}  // namespace tapewatch::ingest
