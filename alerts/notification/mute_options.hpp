#pragma once
// Times of the day and days of the week in which nobody is told (`mute` of a rule). Header only, as rule_options.hpp.
#include <algorithm>
#include <array>
#include <bitset>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/rules/clock_options.hpp"

namespace tapewatch::alerts {

inline constexpr std::chrono::minutes kDayLength{24 * 60};

/// A span of the local day, on the days of the week on which it begins.
struct MuteTime {
  std::bitset<7> days;  ///< 0: Sunday
  std::chrono::minutes from{0};
  std::chrono::minutes to = kDayLength;  ///< not included; up to `from`: it ends on the next day

  bool operator==(const MuteTime&) const = default;

  /// `minute`: of the local day, on that day of the week.
  bool holds(std::chrono::weekday day, std::chrono::minutes minute) const {
    const auto is_on = [&](std::chrono::weekday begins) { return days[begins.c_encoding()]; };
    if (from < to) return is_on(day) && from <= minute && minute < to;
    return (is_on(day) && minute >= from) || (is_on(day - std::chrono::days{1}) && minute < to);
  }
};

inline constexpr std::size_t kMostMuteTimes = 50;
inline constexpr std::array<std::string_view, 7> kShortWeekdays = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

/// "sat", "sat,sun", "mon-fri", "fri-mon"; nullopt for anything else.
inline std::optional<std::bitset<7>> parse_mute_days(std::string_view text) {
  const auto day_of = [](std::string_view name) -> std::optional<std::size_t> {
    for (std::size_t day = 0; day < kShortWeekdays.size(); ++day) {
      if (kShortWeekdays[day] == name) return day;
    }
    return std::nullopt;
  };
  std::bitset<7> days;
  while (true) {
    const std::string_view part = text.substr(0, text.find(','));
    const std::size_t dash = part.find('-');
    const auto first = day_of(part.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : day_of(part.substr(dash + 1));
    if (!first || !last) return std::nullopt;
    for (std::size_t day = *first;; day = (day + 1) % 7) {
      days.set(day);
      if (day == *last) break;
    }
    if (part.size() == text.size()) return days;
    text.remove_prefix(part.size() + 1);
  }
}

/// "06:00" up to "24:00"; nullopt for anything else.
inline std::optional<std::chrono::minutes> parse_time_of_day(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto number = [&](std::size_t at) {
    int value = -1;
    const char* begin = text.data() + at;
    const auto [end, error] = std::from_chars(begin, begin + 2, value);
    return error == std::errc{} && end == begin + 2 ? value : -1;
  };
  const int hour = number(0), minute = number(3);
  if (hour < 0 || minute < 0 || minute > 59) return std::nullopt;
  const auto at = std::chrono::hours{hour} + std::chrono::minutes{minute};
  return at <= kDayLength ? std::optional<std::chrono::minutes>{at} : std::nullopt;
}

/// "22:00-06:00" (every night), "sat,sun" (whole days), "sat 00:00-12:00", "mon-fri 20:00-07:00"; nullopt for anything
/// else, and for a span without a minute in it.
inline std::optional<MuteTime> parse_mute_time(std::string_view text) {
  MuteTime mute;
  mute.days.set();
  const std::size_t space = text.find(' ');
  const bool has_days = !text.empty() && (text.front() < '0' || text.front() > '9');
  if (has_days) {
    const auto days = parse_mute_days(text.substr(0, space));
    if (!days) return std::nullopt;
    mute.days = *days;
    if (space == std::string_view::npos) return mute;
    text.remove_prefix(space + 1);
  }
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto from = parse_time_of_day(text.substr(0, dash));
  const auto to = parse_time_of_day(text.substr(dash + 1));
  if (!from || !to || *from == *to || *from == kDayLength) return std::nullopt;
  mute.from = *from;
  mute.to = *to;
  return mute;
}

/// Whether a moment lies in one of them, on that clock.
inline bool is_muted(const std::vector<MuteTime>& mute, const LocalClock& clock,
                     std::chrono::sys_time<std::chrono::milliseconds> at) {
  const auto second = std::chrono::floor<std::chrono::seconds>(at);
  const auto local = second + clock.ahead(second);
  const auto day = std::chrono::floor<std::chrono::days>(local);
  const auto minute = std::chrono::floor<std::chrono::minutes>(local - day);
  return std::any_of(mute.begin(), mute.end(),
                     [&](const MuteTime& time) { return time.holds(std::chrono::weekday{day}, minute); });
}

/// What is wrong with the list, for its author.
inline std::optional<std::string> validate(const std::vector<MuteTime>& mute) {
  if (mute.size() > kMostMuteTimes) return "mute holds more than 50 times";
  for (unsigned day = 0; day < 7; ++day) {
    for (std::chrono::minutes minute{0}; minute < kDayLength; ++minute) {
      bool muted = false;
      for (const MuteTime& time : mute) muted = muted || time.holds(std::chrono::weekday{day}, minute);
      if (!muted) return std::nullopt;
    }
  }
  return "mute covers the whole week: nobody would ever be told; leave a time out, or the webhooks";
}

}  // namespace tapewatch::alerts
