#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "config/notation/time_zone.hpp"

namespace tapewatch::ingest {

/// Where a date was written, which decides what its notation leaves open: the order of day and month, what CST, IST or
/// BST is, and in which language "listopad" is a month.
struct DatePlace {
  std::string_view language;  ///< BCP 47 or the like, "zh-CN"; empty: not known
  std::string_view country;   ///< ISO 3166, two letters, such as a host's top-level domain; empty: not known
};

/// A zone's offset from UTC. `doubtful`: the abbreviation has several meanings and the place does not tell which.
struct ZoneOffset {
  std::chrono::minutes offset{0};
  bool doubtful = false;
};

/// Of a folded abbreviation on a local day; "et", "ct", "mt", "pt" follow the daylight-saving rule of the United
/// States. nullopt for an unknown name.
std::optional<ZoneOffset> zone_offset(std::string_view word, std::chrono::local_days day, const DatePlace& place = {});

/// A folded date text with zones' long names ("eastern standard time", "central european time", "beijing time") as
/// abbreviations or offsets.
std::string with_short_zones(std::string_view folded);

/// Takes a zone's name in the IANA database ("Europe/Berlin", "[Asia/Tokyo]", "us/eastern") out of a text; nullopt when
/// there is none. Other words that a slash joins ("Mars/Olympus") are taken out too.
std::optional<notation::TimeZone> cut_zone_name(std::string& text);

/// Takes "London time", "heure de Paris", "北京时间" out of a text, as the IANA database's zone of the place.
std::optional<notation::TimeZone> cut_place_time(std::string& text);

}  // namespace tapewatch::ingest
