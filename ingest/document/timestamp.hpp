#pragma once
#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "ingest/document/document.hpp"

namespace tapewatch::ingest {

// RFC 3339 date-time with a zone ("2026-03-01T12:30:00.5+01:00", 't', 'z' and a space between date and time allowed;
// digits beyond the millisecond are cut). nullopt for anything else, a missing zone included.
std::optional<TimePoint> parse_rfc3339(std::string_view text);

// Epoch seconds (below 10^11, fractions allowed) or milliseconds (below 10^14). nullopt outside both.
std::optional<TimePoint> from_epoch(double number);

// A JSON field: RFC 3339 or a number as above, also as digits in a string. The error is the reason.
Result<TimePoint> parse_timestamp(const boost::json::value& value, std::string_view pointer);

}  // namespace tapewatch::ingest
