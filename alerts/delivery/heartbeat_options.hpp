#pragma once
// A heartbeat (`[[alerts.heartbeat]]`). Header only, like rule_options.hpp.
#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <string_view>

#include "alerts/rules/rule_options.hpp"

namespace tapewatch::alerts {

/// A message to a webhook at an interval, whatever the news: its absence tells the receiver that tapewatch is down.
struct HeartbeatOptions {
  std::string webhook;
  std::chrono::milliseconds interval = std::chrono::hours{1};
  bool operator==(const HeartbeatOptions&) const = default;
};

inline constexpr DurationBounds kHeartbeatBounds{std::chrono::minutes{1}, std::chrono::hours{168}};

/// Whether a format has words for a heartbeat. To an incident system it would be an incident.
inline bool takes_heartbeats(std::string_view format) {
  constexpr std::array<std::string_view, 3> kTaking = {"tapewatch", "slack", "teams"};
  return std::find(kTaking.begin(), kTaking.end(), format) != kTaking.end();
}

}  // namespace tapewatch::alerts
