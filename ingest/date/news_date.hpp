#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ingest/document/document.hpp"

namespace tapewatch::ingest {

/// A date as read from a feed, and how much had to be guessed.
struct NewsDate {
  TimePoint at;
  std::string layout;          ///< rfc822, iso8601, epoch, compact, words, numeric
  bool zone_missing = false;   ///< read as UTC
  bool day_missing = false;    ///< a month or a year alone: its first day
  bool year_missing = false;   ///< the latest such day that is not in the future was taken
  bool midnight = false;       ///< no time of day, or 00:00: such dates name the day
  bool guessed_order = false;  ///< 03/04/2024: decided by the feed's language
  /// Neither strict RFC 822 nor strict ISO 8601: worth a warning.
  bool is_odd() const {
    return zone_missing || day_missing || year_missing || guessed_order || (layout != "rfc822" && layout != "iso8601");
  }
};

/// Reads a date in the layouts that feeds use: RFC 822/2822/850 and asctime with their usual mistakes, ISO 8601 with
/// its variants (basic, week, ordinal, comma fractions), epoch seconds/milliseconds, numeric dates, month names in
/// eighteen languages, Chinese/Japanese/Korean dates, am/pm, zone names and offsets. nullopt when it is not a date or
/// lies outside 1970–2100 ("0001-01-01" means "not set"). `language`: the feed's, decides day/month order; `now`: for
/// dates without a year.
std::optional<NewsDate> parse_news_date(std::string_view text, std::string_view language, TimePoint now);

}  // namespace tapewatch::ingest
