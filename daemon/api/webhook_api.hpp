#pragma once
#include "daemon/api/operator_change.hpp"
#include "daemon/api/reader_pool.hpp"
#include "daemon/reload/live_config.hpp"
#include "daemon/server/router.hpp"

namespace tapewatch {

/// GET /v1/webhooks, POST /v1/webhooks/{name}/enable and POST /v1/webhooks/{name}/test. The two writes are commands of
/// the writer's queue and are answered after their commit. `readers`, `live` and the desk's queue must outlive the
/// router.
void add_webhook_routes(Router& router, ReaderPool& readers, const LiveConfig& live, const OperatorDesk& desk);

}  // namespace tapewatch
