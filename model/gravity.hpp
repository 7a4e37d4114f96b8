#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace tapewatch::model {

/// How grave a risk event is for the company: forgotten in a day or two, weeks of its share, or its life or lives.
enum class Gravity : std::size_t { none, minor, serious, grave };
inline constexpr std::size_t kGravities = 4;
inline constexpr std::array<std::string_view, kGravities> kGravityNames = {"none", "minor", "serious", "grave"};

inline std::string_view to_string(Gravity gravity) { return kGravityNames[static_cast<std::size_t>(gravity)]; }

inline std::optional<Gravity> gravity_named(std::string_view name) {
  const auto found = std::find(kGravityNames.begin(), kGravityNames.end(), name);
  if (found == kGravityNames.end()) return std::nullopt;
  return static_cast<Gravity>(found - kGravityNames.begin());
}

}  // namespace tapewatch::model
