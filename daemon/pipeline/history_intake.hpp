#pragma once

#include <string_view>

namespace tapewatch {

/// Incoming::source of documents that come as history, by an import or a replay: they are marked as backfilled. A
/// configured source cannot have this name.
inline constexpr std::string_view kHistoryIntake = "push:history";

}  // namespace tapewatch
