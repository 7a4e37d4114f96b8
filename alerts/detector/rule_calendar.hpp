#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/alert.hpp"

namespace tapewatch::alerts {

/// The hour of the week, 0 = Monday 00:00, of an hour counted from the epoch (a Thursday).
std::size_t hour_of_week(std::int64_t hour);

/// A rule's clock and its calendar: what an hour is to the rule and to one of its series. Immutable.
class RuleCalendar {
 public:
  /// A set of the rule's entries, a bit each.
  using Entries = std::uint64_t;

  RuleCalendar() = default;  ///< UTC, no entries
  explicit RuleCalendar(const RuleOptions&);

  /// The entries about some series only that are about the series of this key.
  Entries about(const std::map<std::string, std::string>& key) const;

  /// What the entries in force say of an hour of a series, given as what about() said of it; none: of the rule.
  struct Day {
    bool learn = true;
    bool notify = true;
    std::optional<std::chrono::weekday> as;
  };
  Day day(std::int64_t hour, Entries own = 0) const;
  /// Whether entries about some series only have a say in that hour of the series.
  bool has_own_say(std::int64_t hour, Entries own) const { return own != 0 && (in_force(hour) & own) != 0; }

  /// The hour that the clock showed as it shows `hour`, some days before.
  std::int64_t days_before(std::int64_t hour, std::int64_t days) const {
    const std::int64_t then = hour - 24 * days;
    return then + clock_.local_hour(hour) - 24 * days - clock_.local_hour(then);
  }

  /// The place of an hour in the week, 0 = Monday 00:00, as the clock shows it, or as the calendar has it counted.
  std::size_t slot(std::int64_t hour, Entries own = 0) const;

  /// The entries about the series on some day from `from` to `to`, or on that of `told`, each with the first such day.
  std::vector<CalendarNote> notes(TimePoint from, TimePoint to, TimePoint told, Entries own) const;
  /// The calendar that keeps back what fires at `at`; "": none.
  std::string keeps_back(TimePoint at, Entries own) const;

  /// What the hours up to `until` were, as far as it shows in what was learned: equal texts, equal lessons. "" for UTC
  /// without a calendar. Days to come and calendars' names are not in it: they may change.
  std::string fingerprint(TimePoint until) const;
  static bool is_fingerprint(std::string_view text);

 private:
  struct Marked {
    std::chrono::local_days day;
    Entries entries;
  };
  Entries in_force(std::int64_t hour) const { return days_.empty() ? 0 : on(day_of(clock_.local_hour(hour))); }
  Entries on(std::chrono::local_days day) const;
  static std::chrono::local_days day_of(std::int64_t local_hour) {
    return std::chrono::local_days{std::chrono::floor<std::chrono::days>(std::chrono::hours{local_hour})};
  }
  std::chrono::local_days day_at(TimePoint) const;
  std::string lived(TimePoint until) const;

  std::string tz_ = "UTC";
  LocalClock clock_;
  std::vector<CalendarEntry> entries_;
  std::vector<Marked> days_;  // ascending
  Entries general_ = 0;       // those about all series
  Selection where_;
};

}  // namespace tapewatch::alerts
