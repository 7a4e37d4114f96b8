#pragma once

#include <optional>
#include <string_view>

#include "ingest/date/news_date.hpp"

namespace tapewatch::ingest {

/// A time written in digits alone, perhaps with a fraction: a date (20261127, 202611271405, 20261127140506,
/// 20261127140506789), else an epoch whose size tells its unit: below 1e11 seconds, 1e14 milliseconds, 1e17
/// microseconds, else nanoseconds. An epoch has at least nine digits; it may have an exponent ("1.78e9"), an at sign in
/// front ("@1788799503") or ASP.NET's frame ("/Date(1788799503000+0100)/", whose offset says how it was shown). nullopt
/// for anything else and outside the years 1970 to 2100.
std::optional<NewsDate> parse_number_date(std::string_view text);

/// The same of a number, to the millisecond.
std::optional<NewsDate> parse_number_date(double number);

}  // namespace tapewatch::ingest
