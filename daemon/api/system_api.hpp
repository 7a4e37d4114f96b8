#pragma once
#include "alerts/formats/signed_links.hpp"
#include "daemon/api/probes.hpp"
#include "daemon/observe/metrics.hpp"
#include "daemon/server/auth.hpp"
#include "daemon/server/router.hpp"

namespace tapewatch {

/// GET /healthz, /readyz, /metrics, /openapi.json, /v1/stream and the page's /v1/session. References must outlive the
/// router. `https`: the page's cookie is for https alone. `metrics_hosts`: further names in Host under which /metrics
/// is answered, besides the server's own.
void add_system_routes(Router& router, const Probes& probes, const Metrics& metrics, Authenticator& auth, bool https,
                       std::vector<std::string> metrics_hosts = {});

/// The dashboard, the page of an alert, and their files. `auth` must outlive the router.
void add_page_routes(Router& router, const Authenticator& auth, const alerts::AlertLinks& links);

}  // namespace tapewatch
