#pragma once

#include <string_view>

namespace tapewatch {

/// What parse_time_text() accepts, for the messages of everything that reads a time.
inline constexpr std::string_view kTimeWords =
    "a time is RFC 3339 with a zone, epoch seconds (at most 11 digits) or milliseconds, now, or a distance such as "
    "-24h";

}  // namespace tapewatch
