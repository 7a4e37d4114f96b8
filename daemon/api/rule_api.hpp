#pragma once
#include "daemon/api/reader_pool.hpp"
#include "daemon/pipeline/writing/rule_board.hpp"
#include "daemon/reload/live_config.hpp"
#include "daemon/server/router.hpp"

namespace tapewatch {

/// GET /v1/rules. References must outlive the router.
void add_rule_routes(Router& router, ReaderPool& readers, const LiveConfig& live, const RuleBoard& board);

}  // namespace tapewatch
