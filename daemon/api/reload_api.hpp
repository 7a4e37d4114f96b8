#pragma once
#include "daemon/api/operator_change.hpp"
#include "daemon/reload/reload_result.hpp"
#include "daemon/server/router.hpp"

namespace tapewatch {

/// POST /v1/reload: reads the configuration again, as SIGHUP does, and answers what changed. 409 while another reload
/// runs; 422 with every error where it is not taken over. `desk` knows who asks.
void add_reload_route(Router& router, RequestReload reload, const OperatorDesk& desk);

}  // namespace tapewatch
