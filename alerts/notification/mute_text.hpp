#pragma once
// How a mute time is written. Tested by tests/alerts/notification/mute_options_test.cpp
#include <bitset>
#include <chrono>
#include <cstdint>
#include <string>

#include "alerts/notification/mute_options.hpp"

namespace tapewatch::alerts {

/// "mon-fri", "sat,sun": from Monday on, rows of three days and more as such.
inline std::string format_mute_days(const std::bitset<7>& days) {
  std::string text;
  const auto name = [](std::size_t from_monday) { return kShortWeekdays[(from_monday + 1) % 7]; };
  for (std::size_t first = 0; first < 7;) {
    std::size_t end = first;
    while (end < 7 && days[(end + 1) % 7]) ++end;
    const bool is_row = end - first > 2;
    for (std::size_t day = first; day < end; day += is_row ? end - first - 1 : 1) {
      if (!text.empty()) text += is_row && day > first ? '-' : ',';
      text += name(day);
    }
    first = end + 1;
  }
  return text;
}

/// As parse_mute_time() reads it back.
inline std::string format_mute_time(const MuteTime& mute) {
  const bool is_whole_day = mute.from == std::chrono::minutes{0} && mute.to == kDayLength;
  if (is_whole_day && !mute.days.all()) return format_mute_days(mute.days);
  const auto two_digits = [](std::int64_t number) {
    return std::string(1, static_cast<char>('0' + number / 10)) + static_cast<char>('0' + number % 10);
  };
  const auto time = [&](std::chrono::minutes at) {
    return two_digits(at / std::chrono::hours{1}) + ":" +
           two_digits(at % std::chrono::hours{1} / std::chrono::minutes{1});
  };
  return (mute.days.all() ? "" : format_mute_days(mute.days) + " ") + time(mute.from) + "-" + time(mute.to);
}

}  // namespace tapewatch::alerts
