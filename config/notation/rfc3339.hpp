#pragma once

#include <date/date.h>
#include <fmt/format.h>

#include <array>
#include <chrono>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

#include "config/notation/ascii.hpp"

namespace tapewatch::notation {

using Milliseconds = std::chrono::sys_time<std::chrono::milliseconds>;

/// A time as text, without an allocation: exports hold five of them in every row.
class Rfc3339Text {
 public:
  explicit Rfc3339Text(Milliseconds at) {
    const auto day = date::floor<date::days>(at);
    const date::year_month_day date(day);
    const date::hh_mm_ss<std::chrono::milliseconds> time(at - day);
    const int year = int(date.year());
    if (year < 0 || year > 9999) {
      const auto end = fmt::format_to_n(text_.data(), text_.size(), "{:04}", year).out;
      size_ = static_cast<std::size_t>(end - text_.data());
    } else {
      number(static_cast<unsigned>(year), 4);
    }
    after('-', unsigned(date.month()), 2);
    after('-', unsigned(date.day()), 2);
    after('T', static_cast<unsigned>(time.hours().count()), 2);
    after(':', static_cast<unsigned>(time.minutes().count()), 2);
    after(':', static_cast<unsigned>(time.seconds().count()), 2);
    after('.', static_cast<unsigned>(time.subseconds().count()), 3);
    text_[size_++] = 'Z';
  }
  operator std::string_view() const { return {text_.data(), size_}; }  // NOLINT(google-explicit-constructor)

 private:
  void number(unsigned value, std::size_t digits) {
    for (std::size_t i = digits; i-- > 0; value /= 10) text_[size_ + i] = static_cast<char>('0' + value % 10);
    size_ += digits;
  }
  void after(char mark, unsigned value, std::size_t digits) {
    text_[size_++] = mark;
    number(value, digits);
  }

  std::array<char, 32> text_;
  std::size_t size_ = 0;
};

/// RFC 3339 in UTC with milliseconds, as every time leaves the process: 2026-11-22T10:00:00.000Z.
inline std::string format_rfc3339(Milliseconds at) { return std::string(Rfc3339Text(at)); }

/// The day alone, in UTC: 2026-11-22.
inline std::string format_date(Milliseconds at) { return format_rfc3339(at).substr(0, 10); }

namespace detail {

/// Whether `text` has the shape of `pattern`, where `d` stands for a digit and everything else for itself.
constexpr bool has_shape(std::string_view text, std::string_view pattern) {
  if (text.size() != pattern.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (pattern[i] == 'd' ? !is_digit(text[i]) : text[i] != pattern[i]) return false;
  }
  return true;
}

/// Turns "Z" and "+0100" into "+00:00" and "+01:00"; nothing for anything but an offset below a day.
inline std::optional<std::string> canonical_offset(std::string_view zone) {
  if (zone == "Z" || zone == "z") return "+00:00";
  if (zone.empty() || (zone[0] != '+' && zone[0] != '-')) return std::nullopt;
  std::string offset(zone);
  if (offset.size() == 5) offset.insert(3, ":");  // "+0100" is common and unambiguous
  if (!has_shape(std::string_view(offset).substr(1), "dd:dd")) return std::nullopt;
  return offset.substr(1, 2) <= "23" && offset[4] <= '5' ? std::optional(offset) : std::nullopt;
}

}  // namespace detail

/// RFC 3339 date-time with a zone ("2026-03-01T12:30:00.5+01:00"; `t`, `z`, a space between date and time, a comma
/// before the fraction and an offset without a colon are taken too; digits beyond the millisecond are cut; the 60th
/// second is the next minute's first). nullopt for anything else, a missing zone included.
inline std::optional<Milliseconds> parse_rfc3339(std::string_view text) {
  constexpr std::size_t kSeconds = 19;  // "2026-03-01T12:30:00"
  std::string head(text.substr(0, kSeconds));
  if (head.size() == kSeconds && (head[10] == 't' || head[10] == ' ')) head[10] = 'T';
  if (!detail::has_shape(head, "dddd-dd-ddTdd:dd:dd")) return std::nullopt;
  text.remove_prefix(kSeconds);

  std::string fraction = "000";
  if (!text.empty() && (text[0] == '.' || text[0] == ',')) {
    std::size_t digits = 0;
    while (digits + 1 < text.size() && is_digit(text[digits + 1])) ++digits;
    if (digits == 0) return std::nullopt;
    fraction = (std::string(text.substr(1, digits)) + "00").substr(0, 3);
    text.remove_prefix(digits + 1);
  }
  const auto offset = detail::canonical_offset(text);
  if (!offset) return std::nullopt;

  const bool leap = head.ends_with(":60");
  if (leap) head.replace(kSeconds - 2, 2, "59");
  std::istringstream in(head + '.' + fraction + *offset);
  Milliseconds at{};
  in >> date::parse("%FT%T%Ez", at);
  if (in.fail()) return std::nullopt;
  return leap ? at + std::chrono::seconds(1) : at;
}

}  // namespace tapewatch::notation
