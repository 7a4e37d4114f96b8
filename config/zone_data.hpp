#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/rules/clock_options.hpp"

namespace tapewatch::config {

/// The time zone data that this process uses: the system's, as it was when a zone was first needed.
struct ZoneData {
  std::string version;             ///< "2025b"; "unknown" if the system does not say
  std::vector<std::string> names;  ///< zones and aliases, sorted
  std::string trouble;             ///< one sentence with the remedy; empty: none
};

/// Reads every zone once (20 ms, 2 MB), so that an upgrade of tzdata under a running process never leaves it with old
/// rules for some zones and new ones for others. Never throws: without data only UTC is known, and `trouble` says so.
ZoneData load_zone_data();

/// The version on disk now: it differs from ZoneData::version after an upgrade until the process is restarted.
std::string installed_zone_version();

/// A zone's clock from 1970 on, for a rule. nullopt for a name that is not known.
std::optional<alerts::LocalClock> local_clock(std::string_view zone);

/// What is wrong with a zone's name, with the nearest name: "… is not a time zone here; did you mean
/// Europe/London?".
std::string unknown_zone(std::string_view name);

/// Whether a zone's file (TZif) gives daylight saving after its table only as a rule. Exposed for the test.
bool ends_in_daylight_rule(const std::string& file);

}  // namespace tapewatch::config
