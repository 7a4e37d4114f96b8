#pragma once
#include <chrono>
#include <cstdint>

namespace tapewatch::storage {

/// UTC, milliseconds: the only clock value in this island. Stored as an integer of milliseconds since 1970.
using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;

inline std::int64_t to_ms(TimePoint at) { return at.time_since_epoch().count(); }
inline TimePoint from_ms(std::int64_t ms) { return TimePoint(std::chrono::milliseconds(ms)); }

}  // namespace tapewatch::storage
