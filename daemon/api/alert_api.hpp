#pragma once
#include "daemon/api/reader_pool.hpp"
#include "daemon/server/router.hpp"

namespace tapewatch {

/// GET /v1/alerts, /v1/alerts/{id} and /v1/deliveries. `readers` must outlive the router.
void add_alert_routes(Router& router, ReaderPool& readers);

}  // namespace tapewatch
