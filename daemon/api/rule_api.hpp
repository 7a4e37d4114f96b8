#pragma once
#include <vector>

#include "alerts/rules/rule_options.hpp"
#include "daemon/api/reader_pool.hpp"
#include "daemon/pipeline/writing/rule_board.hpp"
#include "daemon/server/router.hpp"

namespace tapewatch {

/// GET /v1/rules. References must outlive the router.
void add_rule_routes(Router& router, ReaderPool& readers, std::vector<alerts::RuleOptions> rules,
                     const RuleBoard& board);

}  // namespace tapewatch
