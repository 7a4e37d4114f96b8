#pragma once

// Debian builds the library this way: zones are read from the system's files (package tzdata), none are built in.
#ifndef USE_OS_TZDB
#define USE_OS_TZDB 1
#endif
#include <date/tz.h>

#include <chrono>
#include <exception>
#include <optional>
#include <string_view>

#include "config/notation/rfc3339.hpp"

namespace tapewatch::notation {

/// A zone of the system's time zone database and its calendar days. The zone's file is read at its first use in the
/// process and kept until the process ends; thread-safe.
class TimeZone {
 public:
  /// By a name or an alias of the IANA database, case-sensitive; UTC needs no file. nullopt for every other name and
  /// for a file that cannot be read: for `localtime`, which means another zone on another machine, and for the subtrees
  /// `posix/` (the same zones once more) and `right/` (theirs with leap seconds, which our times do not count).
  static std::optional<TimeZone> find(std::string_view name) {
    if (name == "UTC") return TimeZone(nullptr);
    if (name == "localtime") return std::nullopt;
    try {
      const date::time_zone* zone = date::locate_zone(name);
      zone->get_info(date::sys_seconds{});  // reads the file
      return TimeZone(zone);
    } catch (const std::exception&) {
      return std::nullopt;
    }
  }

  /// How far the local clock is ahead of UTC at that instant.
  std::chrono::seconds offset(Milliseconds at) const {
    return zone_ ? zone_->get_info(at).offset : std::chrono::seconds(0);
  }

  /// When the offset at that instant ends; nullopt: by what is known, never.
  std::optional<std::chrono::sys_seconds> offset_ends(Milliseconds at) const {
    if (!zone_) return std::nullopt;
    const auto end = zone_->get_info(at).end;
    return end >= date::sys_days(date::year(2100) / 1 / 1) ? std::nullopt : std::optional(end);
  }

  /// The day that the local calendar shows at that instant.
  std::chrono::local_days day(Milliseconds at) const {
    return std::chrono::local_days(std::chrono::floor<std::chrono::days>(at.time_since_epoch() + offset(at)));
  }

  /// The first instant of a local day: its midnight, the first one where clocks going back bring it twice, and the
  /// instant after the gap where clocks going forward leave it out. A day that the calendar skips begins with the next.
  Milliseconds first_instant(std::chrono::local_days day) const {
    const auto midnight = std::chrono::seconds(day.time_since_epoch());
    return Milliseconds(zone_ ? zone_->to_sys(date::local_seconds(midnight), date::choose::earliest)
                              : std::chrono::sys_seconds(midnight));
  }

 private:
  explicit TimeZone(const date::time_zone* zone) : zone_(zone) {}
  const date::time_zone* zone_;  // null: UTC; the library never frees one
};

}  // namespace tapewatch::notation
