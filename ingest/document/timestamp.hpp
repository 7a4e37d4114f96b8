#pragma once
#include <boost/json/value.hpp>
#include <string_view>

#include "ingest/document/document.hpp"

namespace tapewatch::ingest {

/// A JSON field: RFC 3339 with a zone, or an epoch (at most 11 digits are seconds, more are milliseconds) as a number
/// or as digits in a string. The error is the reason.
Result<TimePoint> parse_timestamp(const boost::json::value& value, std::string_view pointer);

}  // namespace tapewatch::ingest
