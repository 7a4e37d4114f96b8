#pragma once

#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>

#include "config/notation/rfc3339.hpp"

namespace tapewatch::notation {

/// A time as a number since 1970, negative before: at most 11 digits before the point are seconds, more are
/// milliseconds. nullopt outside the years 0 to 9999, which RFC 3339 cannot write.
inline std::optional<Milliseconds> from_epoch(double number) {
  constexpr double kMostSeconds = 1e11;  // the year 5138; as milliseconds, March 1973
  constexpr Milliseconds kFirst = date::sys_days(date::year(0) / 1 / 1),
                         kEnd = date::sys_days(date::year(10'000) / 1 / 1);
  const double milliseconds = std::abs(number) < kMostSeconds ? number * 1000.0 : number;
  if (!(std::abs(milliseconds) < 1e15)) return std::nullopt;  // NaN and what std::llround() cannot take
  const Milliseconds at{std::chrono::milliseconds(std::llround(milliseconds))};
  return at >= kFirst && at < kEnd ? std::optional(at) : std::nullopt;
}

/// The same, from digits: "1700000000", "1700000000123", "-86400", "1700000000.25". nullopt for anything else.
inline std::optional<Milliseconds> parse_epoch(std::string_view text) {
  double number = 0.0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stop == end ? from_epoch(number) : std::nullopt;
}

}  // namespace tapewatch::notation
