#pragma once

#include <date/date.h>
#include <fmt/chrono.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

#include "config/notation/ascii.hpp"
#include "config/notation/rfc3339.hpp"

namespace tapewatch::notation {

/// As HTTP writes a date (RFC 9110, 5.6.7): "Sun, 06 Nov 1994 08:49:37 GMT".
inline std::string format_http_date(Milliseconds at) {
  return fmt::format("{:%a, %d %b %Y %T} GMT", fmt::gmtime(std::chrono::system_clock::to_time_t(at)));
}

/// HTTP's three forms of a date (RFC 9110, 5.6.7), all in UTC: IMF-fixdate "Sun, 06 Nov 1994 08:49:37 GMT", RFC 850's
/// "Sunday, 06-Nov-94 08:49:37 GMT" and asctime's "Sun Nov  6 08:49:37 1994". A year of two digits that would be more
/// than 50 years after `now` is of the century before. The day of the week is not checked: servers get it wrong.
/// nullopt for anything else.
inline std::optional<Milliseconds> parse_http_date(std::string_view text, Milliseconds now) {
  static constexpr std::array kForms = {" %d %b %Y %T GMT", " %d-%b-%y %T GMT", " %b %d %T %Y"};
  const std::size_t weekday = text.find_first_of(", ");
  if (weekday == std::string_view::npos || weekday < 3) return std::nullopt;
  const std::string rest(text.substr(weekday + (text[weekday] == ',' ? 1 : 0)));
  for (const char* form : kForms) {
    std::istringstream in(rest);
    date::sys_seconds at{};
    in >> date::parse(form, at);
    if (in.fail() || in.peek() != std::istringstream::traits_type::eof()) continue;
    if (form != kForms[1]) return at;
    // %y takes 69 to 99 for 1969 to 1999 and the rest for 2000 to 2068: HTTP uses the reader's clock.
    const auto day = date::floor<date::days>(at);
    const date::year_month_day date{day};
    const int this_year = static_cast<int>(date::year_month_day{date::floor<date::days>(now)}.year());
    int year = this_year - this_year % 100 + static_cast<int>(date.year()) % 100;
    if (year > this_year + 50) year -= 100;
    if (year <= this_year - 50) year += 100;
    const auto moved = date::year{year} / date.month() / date.day();
    if (!moved.ok()) return std::nullopt;
    return date::sys_days{moved} + (at - day);
  }
  return std::nullopt;
}

/// Retry-After (RFC 9110, 10.2.3): how long to wait, from seconds or a date. nullopt when it is absent, unreadable or
/// past. At most a year, so that sums of times do not overflow.
inline std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view text, Milliseconds now) {
  constexpr std::chrono::milliseconds kMost = std::chrono::hours(24 * 365);
  text = trimmed(text, kBlanks);
  if (!text.empty() && std::all_of(text.begin(), text.end(), is_digit)) {
    std::int64_t seconds = 0;
    const auto error = std::from_chars(text.data(), text.data() + text.size(), seconds).ec;
    if (error != std::errc() || seconds > kMost / std::chrono::seconds(1)) return kMost;
    return std::chrono::seconds(seconds);
  }
  const auto until = parse_http_date(text, now);
  if (!until || *until <= now) return std::nullopt;
  return std::min<std::chrono::milliseconds>(*until - now, kMost);
}

}  // namespace tapewatch::notation
