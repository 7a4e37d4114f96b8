#include "ingest/date/number_date.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>

#include "config/notation/ascii.hpp"
#include "ingest/date/date_fields.hpp"

namespace tapewatch::ingest {
namespace {

/// The layouts of a date without separators, by its number of digits.
constexpr std::array<std::size_t, 4> kCompact = {8, 12, 14, 17};

std::optional<NewsDate> compact_date(std::string_view digits) {
  if (std::find(kCompact.begin(), kCompact.end(), digits.size()) == kCompact.end()) return std::nullopt;
  const auto part = [&](std::size_t at, std::size_t length) {
    int value = 0;
    if (at < digits.size()) std::from_chars(digits.data() + at, digits.data() + at + length, value);
    return value;
  };
  DateFields fields;
  fields.year = part(0, 4);
  fields.month = static_cast<unsigned>(part(4, 2));
  fields.day = static_cast<unsigned>(part(6, 2));
  fields.time = {part(8, 2), part(10, 2), part(12, 2), part(14, 3)};
  auto date = to_news_date(fields, "compact");
  if (date) date->day_only = digits.size() == kCompact.front();
  return date;
}

/// The value of the first three digits after the point.
std::int64_t milliseconds_of(std::string_view fraction) {
  std::int64_t value = 0;
  for (std::size_t place = 0; place < 3; ++place) {
    value = value * 10 + (place < fraction.size() ? fraction[place] - '0' : 0);
  }
  return value;
}

/// What "/Date(…)/" and "@…" hold; other texts as they are.
std::string_view unframed(std::string_view text) {
  constexpr std::string_view kOpen = "/date(", kClose = ")/";
  if (text.size() > kOpen.size() && notation::ascii_lower(text.substr(0, kOpen.size())) == kOpen &&
      text.ends_with(kClose)) {
    text = text.substr(kOpen.size(), text.size() - kOpen.size() - kClose.size());
    return text.substr(0, text.find_first_of("+-"));
  }
  return text.starts_with('@') ? text.substr(1) : text;
}

/// "1.795788306789e12"
std::optional<double> with_exponent(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::optional<NewsDate> parse_number_date(double number) {
  constexpr double kEnd = 1e19;
  if (!(number > 0 && number < kEnd)) return std::nullopt;
  std::array<char, 48> text{};  // fixed-point: the shortest form of 1795788306.789 has an exponent in some libraries
  const bool whole = std::trunc(number) == number;
  std::snprintf(text.data(), text.size(), whole ? "%.0f" : "%.3f", number);
  return parse_number_date(std::string_view(text.data()));
}

std::optional<NewsDate> parse_number_date(std::string_view text) {
  constexpr std::size_t kShortestEpoch = 9;
  constexpr std::uint64_t kSeconds = 100'000'000'000, kMilliseconds = 1000 * kSeconds,
                          kMicroseconds = 1000 * kMilliseconds;
  text = unframed(text);
  if (!text.empty() && notation::is_digit(text[0]) && text.find_first_of("eE") != std::string_view::npos) {
    const auto number = with_exponent(text);
    return number ? parse_number_date(*number) : std::nullopt;
  }
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point), fraction = text.substr(std::min(point + 1, text.size()));
  const auto digits = [](std::string_view part) { return std::all_of(part.begin(), part.end(), notation::is_digit); };
  if (whole.empty() || !digits(whole) || !digits(fraction) || (point < text.size() && fraction.empty())) {
    return std::nullopt;
  }
  if (point == text.size()) {
    if (auto date = compact_date(whole)) return date;
  }
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(whole.data(), whole.data() + whole.size(), value);
  if (error != std::errc() || whole.size() < kShortestEpoch) return std::nullopt;
  std::int64_t at = 0;
  if (value < kSeconds) {
    at = static_cast<std::int64_t>(value) * 1000 + milliseconds_of(fraction);
  } else {
    at = static_cast<std::int64_t>(value < kMilliseconds   ? value
                                   : value < kMicroseconds ? value / 1000
                                                           : value / 1'000'000);
  }
  const TimePoint time{std::chrono::milliseconds(at)};
  return is_plausible(time) ? std::optional(NewsDate{time, "epoch"}) : std::nullopt;
}

}  // namespace tapewatch::ingest
