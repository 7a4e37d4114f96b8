#pragma once
#include "daemon/api/operator_change.hpp"
#include "daemon/pipeline/intake/intake.hpp"
#include "daemon/server/router.hpp"

namespace tapewatch {

/// DELETE /v1/documents/{id}: a removal as a source would send it, with an entry in the audit, answered after its
/// commit. `intake` and what the desk refers to must outlive the router.
void add_removal_routes(Router& router, DocumentIntake& intake, const OperatorDesk& desk);

}  // namespace tapewatch
