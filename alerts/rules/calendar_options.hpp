#pragma once
// Days that are not like others (`[[alerts.calendar]]`). Header only, as rule_options.hpp.
#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tapewatch::alerts {

/// Days of a rule's clock, both ends included.
struct DayRange {
  std::chrono::local_days first, last;
  bool operator==(const DayRange&) const = default;
};

/// One entry of a calendar. Entries of the same name are one calendar.
struct CalendarEntry {
  std::string name;
  std::vector<DayRange> days;
  /// The series that it is about; an empty list is about all.
  std::vector<std::string> topic;
  std::vector<std::string> entity;
  std::vector<std::string> source;
  bool learn = true;                       ///< false: the days are judged, and teach nothing
  bool notify = true;                      ///< false: what fires on these days is recorded and not sent
  std::optional<std::chrono::weekday> as;  ///< the days are expected, and learned, as this day of the week

  bool about_all() const { return topic.empty() && entity.empty() && source.empty(); }
  bool operator==(const CalendarEntry&) const = default;
};

inline constexpr std::array<std::string_view, 7> kWeekdays = {"sunday",   "monday", "tuesday", "wednesday",
                                                              "thursday", "friday", "saturday"};

inline std::string_view to_string(std::chrono::weekday day) { return kWeekdays[day.c_encoding()]; }

inline std::optional<std::chrono::weekday> parse_weekday(std::string_view text) {
  const auto found = std::find(kWeekdays.begin(), kWeekdays.end(), text);
  if (found == kWeekdays.end()) return std::nullopt;
  return std::chrono::weekday{static_cast<unsigned>(found - kWeekdays.begin())};
}

/// "2026-12-25"; nullopt for what is not a day of the calendar.
inline std::optional<std::chrono::local_days> parse_day(std::string_view text) {
  const auto number = [&](std::size_t at, std::size_t digits) {
    int value = -1;
    const char* begin = text.data() + at;
    const auto [end, error] = std::from_chars(begin, begin + digits, value);
    return error == std::errc{} && end == begin + digits ? value : -1;
  };
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const int year = number(0, 4), month = number(5, 2), day = number(8, 2);
  if (year < 1970 || month < 1 || day < 1) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return std::nullopt;
  return std::chrono::local_days{date};
}

/// "2026-12-25" or "2026-12-31..2027-01-02". The last day may be before the first: see validate().
inline std::optional<DayRange> parse_days(std::string_view text) {
  constexpr std::string_view kTo = "..";
  const std::size_t to = text.find(kTo);
  const auto first = parse_day(text.substr(0, to));
  const auto last = to == std::string_view::npos ? first : parse_day(text.substr(to + kTo.size()));
  if (!first || !last) return std::nullopt;
  return DayRange{*first, *last};
}

inline constexpr std::chrono::days kLongestDayRange{366};

/// What is wrong with a range of days, for its author; nullopt when it is valid.
inline std::optional<std::string> validate(const DayRange& range) {
  if (range.last < range.first) return "ends before it begins: the first day comes first";
  if (range.last - range.first >= kLongestDayRange) return "is longer than 366 days";
  return std::nullopt;
}

/// What is wrong with an entry beside its name.
inline std::optional<std::string> validate(const CalendarEntry& entry) {
  constexpr std::size_t kMostRanges = 1'000;
  if (entry.days.empty()) return "days names no day: write days = [\"2026-12-25\", \"2026-12-31..2027-01-02\"]";
  if (entry.days.size() > kMostRanges) return "days holds more than 1000 days and ranges";
  for (const DayRange& range : entry.days) {
    if (const auto wrong = validate(range)) return "a range of days " + *wrong;
  }
  if (!entry.learn && entry.as) {
    const std::string day(to_string(*entry.as));
    return "learn = false and as = \"" + day + "\" contradict each other: a day that counts as a " + day +
           " teaches as one; keep one of the two";
  }
  if (entry.learn && entry.notify && !entry.as) {
    return "it changes nothing: add learn = false, notify = false or as = \"sunday\"";
  }
  return std::nullopt;
}

}  // namespace tapewatch::alerts
