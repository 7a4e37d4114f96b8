// Tested by tests/ingest/date/news_date_test.cpp
#include "ingest/date/date_fields.hpp"

#include <string>

#include "config/notation/ascii.hpp"

namespace tapewatch::ingest {
namespace {

namespace chr = std::chrono;

bool in_range(const TimeOfDay& time) {
  const bool midnight_after = time.hour == 24 && time.minute == 0 && time.second == 0;
  // 60 is a leap second, counted as the first of the next minute.
  return midnight_after || (time.hour >= 0 && time.hour < 24 && time.minute >= 0 && time.minute < 60 &&
                            time.second >= 0 && time.second <= 60);
}

/// Thailand, Laos and Cambodia count years from the Buddha, Taiwan from its republic.
int gregorian_year(int year, const DatePlace& place) {
  constexpr int kAhead = 543, kFirst = 1970 + kAhead, kLast = 2100 + kAhead;
  if (counts_from_buddha(place)) return year >= kFirst && year <= kLast ? year - kAhead : year;
  constexpr int kBefore = 1911;
  const std::string language = notation::ascii_lower(place.language);
  const bool taiwan = language == "zh-tw" || language == "zh_tw" || language == "zh-hant" || place.country == "tw";
  return taiwan && year >= 1970 - kBefore && year <= 2100 - kBefore ? year + kBefore : year;
}

/// Of a local time; where clocks going back bring it twice, the second.
chr::seconds offset_at(const notation::TimeZone& zone, TimePoint local) {
  return zone.offset(local - zone.offset(local));
}

}  // namespace

bool counts_from_buddha(const DatePlace& place) {
  const std::string_view language = place.language.substr(0, 2);
  return language == "th" || language == "lo" || language == "km" || place.country == "th";
}

void TimeOfDay::apply_half(unsigned half) {
  if (half == 1 && hour == 12) hour = 0;
  if (half == 2 && hour < 12) hour += 12;
}

bool DateFields::set_iso_week(int week, int weekday) {
  if (week < 1 || week > 53 || weekday < 1 || weekday > 7) return false;
  const chr::local_days fourth(chr::year(*year) / chr::January / 4);  // always in week 1
  const chr::days since_monday(chr::weekday(fourth).iso_encoding() - 1);
  const chr::year_month_day found(fourth - since_monday + chr::days((week - 1) * 7 + weekday - 1));
  year = static_cast<int>(found.year());
  month = static_cast<unsigned>(found.month());
  day = static_cast<unsigned>(found.day());
  return true;
}

bool DateFields::set_ordinal(int day_of_year) {
  if (day_of_year < 1 || day_of_year > 366) return false;
  const chr::local_days first(chr::year(*year) / chr::January / 1);
  const chr::year_month_day found(first + chr::days(day_of_year - 1));
  if (static_cast<int>(found.year()) != *year) return false;
  month = static_cast<unsigned>(found.month());
  day = static_cast<unsigned>(found.day());
  return true;
}

bool is_plausible(TimePoint at) {
  return at > TimePoint{} && at < TimePoint(chr::sys_days(chr::year(2101) / chr::January / 1));
}

std::optional<NewsDate> to_news_date(const DateFields& fields, std::string_view layout) {
  if (!fields.year || !in_range(fields.time)) return std::nullopt;
  const chr::year_month_day date(chr::year(gregorian_year(*fields.year, fields.place)),
                                 chr::month(fields.month.value_or(1)), chr::day(fields.day.value_or(1)));
  if (!date.ok()) return std::nullopt;
  const chr::local_days day(date);
  const auto since_midnight = chr::hours(fields.time.hour) + chr::minutes(fields.time.minute) +
                              chr::seconds(fields.time.second) + chr::milliseconds(fields.time.millisecond);
  const TimePoint local(day.time_since_epoch() + since_midnight);
  std::optional<chr::seconds> offset = fields.offset;
  bool doubtful = false;
  if (!offset && fields.zone) offset = offset_at(*fields.zone, local);
  if (!offset && !fields.zone_name.empty()) {
    if (const auto zone = zone_offset(fields.zone_name, day, fields.place)) {
      offset = zone->offset;
      doubtful = zone->doubtful;
    }
  }
  constexpr chr::hours kWidest(14);  // more is the end of a span ("16:45-17:30") or a misread number
  if (offset && (*offset > kWidest || *offset < -kWidest)) return std::nullopt;
  NewsDate result;
  result.at = local - offset.value_or(chr::seconds(0));
  result.layout = layout;
  result.zone_missing = !offset;
  result.zone_doubtful = doubtful;
  result.day_missing = !fields.day;
  result.midnight = since_midnight == chr::milliseconds(0);
  return is_plausible(result.at) ? std::optional(result) : std::nullopt;
}

}  // namespace tapewatch::ingest
