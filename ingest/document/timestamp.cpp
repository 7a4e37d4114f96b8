#include "ingest/document/timestamp.hpp"

#include <boost/json/kind.hpp>
#include <boost/json/value.hpp>

#include "config/notation/epoch.hpp"

namespace tapewatch::ingest {

Result<TimePoint> parse_timestamp(const boost::json::value& value, std::string_view pointer) {
  const auto reject = [&](std::string reason) { return Rejection{std::string(pointer), std::move(reason)}; };
  if (value.is_number()) {
    if (const auto time = notation::from_epoch(value.to_number<double>())) return *time;
    return reject("out of range for epoch seconds (at most 11 digits) and milliseconds");
  }
  if (const auto* text = value.if_string()) {
    if (const auto time = notation::parse_rfc3339(*text)) return *time;
    if (const auto time = notation::parse_epoch(*text)) return *time;
    return reject("not a time: expected RFC 3339 with a zone, epoch seconds (at most 11 digits) or milliseconds");
  }
  return reject("expected a time (RFC 3339, epoch seconds or milliseconds), found " +
                std::string(boost::json::to_string(value.kind())));
}

}  // namespace tapewatch::ingest
