#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "config/notation/url.hpp"

namespace tapewatch::alerts {

/// A link below the address under which people find the daemon; nothing where that is unknown.
inline std::optional<std::string> link_below(std::string_view external_url, std::string_view path) {
  while (external_url.ends_with('/')) external_url.remove_suffix(1);
  if (external_url.empty()) return std::nullopt;
  return std::string(external_url).append(path);
}

/// Where a silence for what is like the alert can be made: the dashboard, with the form open.
inline std::optional<std::string> silence_url(std::string_view external_url, std::string_view alert_id) {
  return link_below(external_url, "/#silence-" + notation::percent_encode(alert_id));
}

}  // namespace tapewatch::alerts
