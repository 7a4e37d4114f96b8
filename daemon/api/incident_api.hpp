#pragma once
#include "daemon/api/reader_pool.hpp"
#include "daemon/api/request/name_check.hpp"
#include "daemon/server/router.hpp"

namespace tapewatch {

/// GET /v1/incidents: the intervals in which the numbers are not what they seem, those that began last first. `names`:
/// the configured sources; what is stored is known too. `readers` must outlive the router.
void add_incident_routes(Router& router, ReaderPool& readers, PresentNames names = {});

}  // namespace tapewatch
