#pragma once

#include "daemon/api/replay_parts.hpp"
#include "daemon/api/request/name_check.hpp"
#include "daemon/pipeline/scoring/model_names.hpp"
#include "daemon/server/router.hpp"

namespace tapewatch {

/// GET /v1/alerts/why-not: why a series has an alert at a time, or none. Runs on a query thread; of those that replay
/// history one runs at a time. `model` and `names`: a mistyped member of the key is refused.
void add_why_not_route(Router& router, ReplayParts parts, ModelNames model = {}, PresentNames names = {});

}  // namespace tapewatch
