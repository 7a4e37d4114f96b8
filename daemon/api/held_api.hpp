#pragma once
#include "daemon/api/operator_change.hpp"
#include "daemon/api/reader_pool.hpp"
#include "daemon/server/router.hpp"

namespace tapewatch {

/// GET /v1/held: the documents that must not be seen yet; DELETE /v1/held?id=…: one of them is forgotten. For the roles
/// operate and admin alone.
void add_held_routes(Router& router, ReaderPool& readers, const OperatorDesk& desk);

}  // namespace tapewatch
