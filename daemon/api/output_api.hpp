#pragma once
#include <functional>
#include <vector>

#include "daemon/pipeline/output/output_loop.hpp"
#include "daemon/server/router.hpp"

namespace tapewatch {

/// The reports of all configured outputs at this moment. Any thread.
using ReportOutputs = std::function<std::vector<OutputReport>()>;

/// GET /v1/outputs: how far each output is. Without `outputs` there are none.
void add_output_routes(Router& router, ReportOutputs outputs);

}  // namespace tapewatch
