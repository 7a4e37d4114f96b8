#pragma once
#include "daemon/api/reader_pool.hpp"
#include "daemon/server/router.hpp"

namespace tapewatch {

/// GET /v1/audit: what operators have done, newest first. For the roles operate and admin. `readers` must outlive the
/// router.
void add_audit_routes(Router& router, ReaderPool& readers);

}  // namespace tapewatch
