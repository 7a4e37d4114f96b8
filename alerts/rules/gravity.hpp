#pragma once
// Tested by tests/alerts/rules/measure_test.cpp
// What threatens a company, and how gravely. Header only, as rule_options.hpp.
#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tapewatch::alerts {

/// How grave an event is for whom it happens to, in ascending order; `none`: nothing happens.
enum class Gravity { none, minor, serious, grave };
inline constexpr std::array<std::string_view, 4> kGravities = {"none", "minor", "serious", "grave"};

inline std::string_view to_string(Gravity gravity) { return kGravities[static_cast<std::size_t>(gravity)]; }

inline std::optional<Gravity> parse_gravity(std::string_view text) {
  const auto known = std::find(kGravities.begin(), kGravities.end(), text);
  if (known == kGravities.end()) return std::nullopt;
  return static_cast<Gravity>(known - kGravities.begin());
}

/// The risk event that a document tells of, by the model's id, such as `insolvency`; empty: none.
struct Risk {
  std::string event;
  Gravity gravity = Gravity::none;
};

}  // namespace tapewatch::alerts
