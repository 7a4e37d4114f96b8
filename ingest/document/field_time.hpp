#pragma once
#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "ingest/date/news_date.hpp"

namespace tapewatch::ingest {

/// What a date needs besides its text: the language that decides 03/04/2026, and now, for dates without a year.
struct DateContext {
  std::string language;
  TimePoint now;
};

/// A time as records hold it: a text in any layout that feeds use (parse_news_date), an epoch from seconds to
/// nanoseconds as a number or in digits, "/Date(1795788306789)/", {"$date": …}, {"seconds": …, "nanos": …},
/// [2026,11,27,14,5,6], a date and a time in a list. nullopt where it cannot be read.
std::optional<NewsDate> time_of(const boost::json::value& value, const DateContext& context);

/// A day and a time of day that stand in two fields: "14:05:06.789", "140506", 50706789 (milliseconds of the day).
std::optional<NewsDate> time_of(const boost::json::value& day, const boost::json::value& time_of_day,
                                const DateContext& context);

/// True for what means that no time is given: an absent value and 0.
bool is_no_time(const boost::json::value& value);

}  // namespace tapewatch::ingest
