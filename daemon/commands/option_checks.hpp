#pragma once
#include <fmt/format.h>

#include <string>

#include "config/notation/duration.hpp"
#include "config/toml/units.hpp"

/// Checks of option values before a command sees them.
namespace tapewatch {

/// "" for a duration such as 90s, else what is wrong.
inline std::string check_duration(const std::string& text) {
  const auto duration = notation::parse_duration(text);
  return duration && duration->count() > 0 ? "" : fmt::format("'{}' is not a duration; write 90s, 5m, 2h", text);
}

/// "" for an address and port on loopback, else what is wrong.
inline std::string check_demo_listen(const std::string& text) {
  const auto address = config::parse_listen_address(text);
  if (!address) return fmt::format("'{}' is not an address and port, as in 127.0.0.1:8080", text);
  return address->loopback ? "" : "the demo has no tokens and listens on loopback only";
}

}  // namespace tapewatch
