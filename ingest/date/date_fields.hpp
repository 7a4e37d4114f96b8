#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "ingest/date/news_date.hpp"
#include "ingest/date/zone_names.hpp"

namespace tapewatch::ingest {

struct TimeOfDay {
  int hour = 0, minute = 0, second = 0, millisecond = 0;

  /// Applies am (1) or pm (2); 0 and hours past twelve ("14:30 PM") stay.
  void apply_half(unsigned half);
};

/// The parts of a date as found, not yet checked.
struct DateFields {
  std::optional<int> year;
  std::optional<unsigned> month, day;
  TimeOfDay time;
  std::optional<std::chrono::minutes> offset;
  std::string zone_name;                     ///< used when there is no offset
  std::optional<notation::TimeZone> zone{};  ///< of the IANA database; likewise
  DatePlace place{};                         ///< for what a zone name or a year leaves open

  bool set_iso_week(int week, int weekday);  ///< needs the year; 1 = Monday
  bool set_ordinal(int day_of_year);         ///< needs the year
};

/// Whether years are written in the Buddhist era there.
bool counts_from_buddha(const DatePlace& place);

/// Years 1970 to 2100: values outside are placeholders ("0001-01-01") and nonsense.
bool is_plausible(TimePoint at);

/// The fields as a point in time; nullopt when a part is out of range. Needs a year; a missing month or day is the
/// first.
std::optional<NewsDate> to_news_date(const DateFields& fields, std::string_view layout);

/// Everything that is neither ISO 8601 nor digits alone; `text` is folded.
/// `known`: zone and place.
std::optional<NewsDate> free_form_date(std::string_view text, const DateFields& known, TimePoint now);

}  // namespace tapewatch::ingest
