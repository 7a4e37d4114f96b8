#pragma once

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace tapewatch::notation {

namespace detail {

struct DurationUnit {
  std::string_view name;
  std::int64_t ms;
};
inline constexpr std::int64_t kDayMs = 86'400'000;
inline constexpr std::array<DurationUnit, 7> kDurationUnits = {
    {{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", kDayMs}, {"w", 7 * kDayMs}, {"y", 365 * kDayMs}}};

}  // namespace detail

/// `500ms 30s 5m 2h 7d 2w 5y`: one whole number and one unit; a year has 365 days. nullopt for anything else.
inline std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  for (const detail::DurationUnit& unit : detail::kDurationUnits) {
    if (unit.name != text) continue;
    if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max() / unit.ms)) return std::nullopt;
    return std::chrono::milliseconds{static_cast<std::int64_t>(number) * unit.ms};
  }
  return std::nullopt;
}

/// The shortest spelling that parse_duration() reads back: "90m" for 5,400 s, "0s" for none.
inline std::string format_duration(std::chrono::milliseconds duration) {
  if (duration.count() == 0) return "0s";
  std::string best = fmt::format("{}ms", duration.count());
  for (const detail::DurationUnit& unit : detail::kDurationUnits) {
    if (duration.count() % unit.ms != 0) continue;
    std::string text = fmt::format("{}{}", duration.count() / unit.ms, unit.name);
    if (text.size() < best.size()) best = std::move(text);
  }
  return best;
}

/// For people, in one unit or two: "42 seconds", "1 minute", "90 minutes", "1 hour 40 minutes". Rounded to the minute
/// from a minute on; below, to the second.
inline std::string duration_in_words(std::chrono::milliseconds duration) {
  const auto part = [](std::int64_t n, const char* unit) { return fmt::format("{} {}{}", n, unit, n == 1 ? "" : "s"); };
  if (duration < std::chrono::minutes(1)) {
    const auto seconds = std::chrono::round<std::chrono::seconds>(duration).count();
    return seconds == 60 ? part(1, "minute") : part(seconds, "second");
  }
  const auto minutes = std::chrono::round<std::chrono::minutes>(duration).count();
  if (minutes <= 90) return part(minutes, "minute");
  std::string text = part(minutes / 60, "hour");
  if (minutes % 60 != 0) text.append(" ").append(part(minutes % 60, "minute"));
  return text;
}

}  // namespace tapewatch::notation
