#pragma once

#include <optional>
#include <string_view>

#include "ingest/date/news_date.hpp"

namespace tapewatch::ingest {

/// A time written in digits alone, perhaps with a fraction: a date (20261127, 202611271405, 20261127140506,
/// 20261127140506789), else an epoch whose size tells its unit: below 1e11 seconds, 1e14 milliseconds, 1e17
/// microseconds, else nanoseconds. nullopt for anything else and outside the years 1970 to 2100; an epoch has at least
/// nine digits.
std::optional<NewsDate> parse_number_date(std::string_view text);

}  // namespace tapewatch::ingest
