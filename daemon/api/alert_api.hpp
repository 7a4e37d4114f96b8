#pragma once
#include "alerts/formats/signed_links.hpp"
#include "daemon/api/reader_pool.hpp"
#include "daemon/server/router.hpp"

namespace tapewatch {

/// GET /v1/alerts, /v1/alerts/{id} and /v1/deliveries. `readers` must outlive the router. `links`: those that show one
/// alert without a token.
void add_alert_routes(Router& router, ReaderPool& readers, const alerts::AlertLinks& links = {});

}  // namespace tapewatch
