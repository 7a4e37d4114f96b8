#include "ingest/document/timestamp.hpp"

#include <boost/json/kind.hpp>
#include <boost/json/value.hpp>
#include <charconv>
#include <cmath>

namespace tapewatch::ingest {
namespace {

// Reads exactly `digits` decimal digits and moves past them.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) {
    return std::nullopt;
  }
  int number = 0;
  for (const char c : text.substr(0, digits)) {
    if (c < '0' || c > '9') {
      return std::nullopt;
    }
    number = number * 10 + (c - '0');
  }
  text.remove_prefix(digits);
  return number;
}

bool take_char(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) {
    return false;
  }
  text.remove_prefix(1);
  return true;
}

std::optional<std::chrono::sys_days> take_date(std::string_view& text) {
  const auto year = take_number(text, 4);
  if (!year || !take_char(text, "-")) {
    return std::nullopt;
  }
  const auto month = take_number(text, 2);
  if (!month || !take_char(text, "-")) {
    return std::nullopt;
  }
  const auto day = take_number(text, 2);
  if (!day) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  return date.ok() ? std::optional(std::chrono::sys_days(date)) : std::nullopt;
}

std::optional<std::chrono::milliseconds> take_clock(std::string_view& text) {
  const auto hour = take_number(text, 2);
  if (!hour || !take_char(text, ":")) {
    return std::nullopt;
  }
  const auto minute = take_number(text, 2);
  if (!minute || !take_char(text, ":")) {
    return std::nullopt;
  }
  const auto second = take_number(text, 2);
  if (!second || *hour > 23 || *minute > 59 || *second > 60) {  // 60: a leap second, which the next minute absorbs
    return std::nullopt;
  }
  std::chrono::milliseconds clock =
      std::chrono::hours(*hour) + std::chrono::minutes(*minute) + std::chrono::seconds(*second);
  if (take_char(text, ".,")) {
    int weight = 100;
    if (text.empty() || text.front() < '0' || text.front() > '9') {
      return std::nullopt;
    }
    while (const auto digit = take_number(text, 1)) {
      clock += std::chrono::milliseconds(*digit * weight);
      weight /= 10;
    }
  }
  return clock;
}

std::optional<std::chrono::minutes> take_zone(std::string_view& text) {
  if (take_char(text, "Zz")) {
    return std::chrono::minutes(0);
  }
  const bool west = !text.empty() && text.front() == '-';
  if (!take_char(text, "+-")) {
    return std::nullopt;
  }
  const auto hours = take_number(text, 2);
  if (!hours) {
    return std::nullopt;
  }
  take_char(text, ":");  // "+0100" is common and cannot mean anything else
  const auto minutes = take_number(text, 2);
  if (!minutes || *hours > 23 || *minutes > 59) {
    return std::nullopt;
  }
  const auto offset = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
  return west ? -offset : offset;
}

std::optional<double> as_number(std::string_view digits) {
  double number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() && end == digits.data() + digits.size() ? std::optional(number) : std::nullopt;
}

}  // namespace

std::optional<TimePoint> parse_rfc3339(std::string_view text) {
  const auto date = take_date(text);
  if (!date || !take_char(text, "Tt ")) {
    return std::nullopt;
  }
  const auto clock = take_clock(text);
  if (!clock) {
    return std::nullopt;
  }
  const auto zone = take_zone(text);
  if (!zone || !text.empty()) {
    return std::nullopt;
  }
  return TimePoint(*date) + *clock - *zone;
}

std::optional<TimePoint> from_epoch(double number) {
  constexpr double kMaxSeconds = 1e11;       // the year 5138
  constexpr double kMaxMilliseconds = 1e14;  // the same; below 10^11 milliseconds would be before March 1973
  if (!std::isfinite(number) || std::abs(number) >= kMaxMilliseconds) {
    return std::nullopt;
  }
  const double milliseconds = std::abs(number) < kMaxSeconds ? number * 1000.0 : number;
  return TimePoint(std::chrono::milliseconds(std::llround(milliseconds)));
}

Result<TimePoint> parse_timestamp(const boost::json::value& value, std::string_view pointer) {
  const auto reject = [&](std::string reason) { return Rejection{std::string(pointer), std::move(reason)}; };
  std::optional<double> number;
  if (value.is_number()) {
    number = value.to_number<double>();
  } else if (const auto* text = value.if_string()) {
    if (const auto time = parse_rfc3339(*text)) {
      return *time;
    }
    number = as_number(*text);
    if (!number) {
      return reject("not a time: RFC 3339 with a zone, epoch seconds or milliseconds are");
    }
  } else {
    return reject("a time is expected (RFC 3339, epoch seconds or milliseconds), found " +
                  std::string(boost::json::to_string(value.kind())));
  }
  if (const auto time = from_epoch(*number)) {
    return *time;
  }
  return reject("out of range for epoch seconds and milliseconds");
}

}  // namespace tapewatch::ingest
