#pragma once

#include "daemon/api/replay_parts.hpp"
#include "daemon/server/router.hpp"

namespace tapewatch {

/// GET /v1/rules/{name}/advice: the setting of a rule that would have kept the alerts judged useful, with less noise.
/// Runs on a query thread, one at a time; changes nothing.
void add_advice_route(Router& router, ReplayParts parts);

}  // namespace tapewatch
