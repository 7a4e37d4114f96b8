#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tapewatch::storage {

/// How grave a risk event is. The number in the tables, so that "at least as grave" is a comparison.
enum class Gravity : std::int64_t { minor = 1, serious = 2, grave = 3 };

inline constexpr std::string_view kGravityNames[] = {"minor", "serious", "grave"};

inline std::optional<Gravity> gravity_named(std::string_view name) {
  for (std::int64_t i = 0; i < 3; ++i) {
    if (kGravityNames[i] == name) return static_cast<Gravity>(i + 1);
  }
  return std::nullopt;
}

inline std::string_view to_string(Gravity gravity) { return kGravityNames[static_cast<std::size_t>(gravity) - 1]; }

/// A risk event that a text tells. Wherever one may be there is an optional: nothing where the text tells none, or the
/// model that scored it does not read them.
struct Risk {
  std::string event;  ///< id, such as "insolvency"; not ""
  Gravity gravity = Gravity::minor;

  friend bool operator==(const Risk&, const Risk&) = default;
};

}  // namespace tapewatch::storage
