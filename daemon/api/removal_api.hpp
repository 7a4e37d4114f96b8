#pragma once
#include "daemon/pipeline/intake/intake.hpp"
#include "daemon/server/router.hpp"

namespace tapewatch {

/// DELETE /v1/documents/{id}: a removal as a source would send it, answered after its commit. `intake` must outlive the
/// router.
void add_removal_routes(Router& router, DocumentIntake& intake);

}  // namespace tapewatch
