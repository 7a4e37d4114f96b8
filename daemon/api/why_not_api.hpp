#pragma once

#include "daemon/api/replay_parts.hpp"
#include "daemon/server/router.hpp"

namespace tapewatch {

/// GET /v1/alerts/why-not: why a series has an alert at a time, or none. Runs on a query thread; of those that replay
/// history one runs at a time.
void add_why_not_route(Router& router, ReplayParts parts);

}  // namespace tapewatch
