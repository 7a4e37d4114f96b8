// Tested by tests/ingest/date/news_date_test.cpp
#include "ingest/date/date_fields.hpp"

#include "ingest/date/date_words.hpp"

namespace tapewatch::ingest {
namespace {

namespace chr = std::chrono;

bool in_range(const TimeOfDay& time) {
  const bool midnight_after = time.hour == 24 && time.minute == 0 && time.second == 0;
  // 60 is a leap second, counted as the first of the next minute.
  return midnight_after || (time.hour >= 0 && time.hour < 24 && time.minute >= 0 && time.minute < 60 &&
                            time.second >= 0 && time.second <= 60);
}

}  // namespace

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
  const chr::year_month_day date(chr::year(*fields.year), chr::month(fields.month.value_or(1)),
                                 chr::day(fields.day.value_or(1)));
  if (!date.ok()) return std::nullopt;
  const chr::local_days day(date);
  auto offset = fields.offset;
  if (!offset && !fields.zone_name.empty()) offset = zone_offset(fields.zone_name, day);
  constexpr chr::hours kWidest(18);  // real offsets end at 14 hours; more is a misread number
  if (offset && (*offset > kWidest || *offset < -kWidest)) return std::nullopt;
  const auto since_midnight = chr::hours(fields.time.hour) + chr::minutes(fields.time.minute) +
                              chr::seconds(fields.time.second) + chr::milliseconds(fields.time.millisecond);
  NewsDate result;
  result.at = TimePoint(day.time_since_epoch() + since_midnight - offset.value_or(chr::minutes(0)));
  result.layout = layout;
  result.zone_missing = !offset;
  result.day_missing = !fields.day;
  result.midnight = since_midnight == chr::milliseconds(0);
  return is_plausible(result.at) ? std::optional(result) : std::nullopt;
}

}  // namespace tapewatch::ingest
