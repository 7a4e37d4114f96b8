#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ingest/date/zone_names.hpp"
#include "ingest/document/document.hpp"

namespace tapewatch::ingest {

/// A date as read from a feed, and how much had to be guessed.
struct NewsDate {
  TimePoint at;
  std::string layout;          ///< rfc822, iso8601, epoch, compact, words, numeric
  bool zone_missing = false;   ///< read as UTC
  bool zone_doubtful = false;  ///< an abbreviation of several meanings, and the place does not tell which
  bool day_missing = false;    ///< a month or a year alone: its first day
  bool year_missing = false;   ///< the latest such day that is not in the future was taken
  bool midnight = false;       ///< no time of day, or 00:00: such dates name the day
  bool day_only = false;       ///< no time of day at all
  bool guessed_order = false;  ///< 03/04/2024: decided by the feed's language
  /// Neither strict RFC 822 nor strict ISO 8601: worth a warning.
  bool is_odd() const {
    return zone_missing || zone_doubtful || day_missing || year_missing || guessed_order ||
           (layout != "rfc822" && layout != "iso8601");
  }
};

/// Reads a date in the layouts that publishers use: RFC 822/2822/850 and asctime with their usual mistakes, ISO 8601
/// with its variants (basic, week, ordinal, fractions of the last unit), epoch seconds/milliseconds, numeric dates,
/// month names in seventy languages, Chinese/Japanese/Korean dates, years of the Buddhist and East Asian eras, digits
/// of every script, am/pm, offsets, zones by abbreviation, long name or IANA name. nullopt when it is not a date or
/// lies outside 1970–2100 ("0001-01-01" means "not set"): no word counts as a month by its beginning. `place`: the
/// publisher's, decides what is open; `now`: for dates without a year.
std::optional<NewsDate> parse_news_date(std::string_view text, const DatePlace& place, TimePoint now);

/// The same where only the language is known.
inline std::optional<NewsDate> parse_news_date(std::string_view text, std::string_view language, TimePoint now) {
  return parse_news_date(text, DatePlace{language, {}}, now);
}

}  // namespace tapewatch::ingest
