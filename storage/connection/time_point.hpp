#pragma once
#include <chrono>
#include <cstdint>
#include <string>

namespace tapewatch::storage {

/// UTC, milliseconds: the only clock value in this island. Stored as an integer of milliseconds since 1970.
using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;

inline std::int64_t to_ms(TimePoint at) { return at.time_since_epoch().count(); }
inline TimePoint from_ms(std::int64_t ms) { return TimePoint(std::chrono::milliseconds(ms)); }

/// "2026-11-22T10:22:36.000Z".
std::string to_rfc3339(TimePoint at);

}  // namespace tapewatch::storage
