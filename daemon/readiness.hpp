#pragma once

#include <string>
#include <vector>

#include "daemon/api/probes.hpp"
#include "daemon/observe/shortage.hpp"
#include "daemon/pipeline/rescoring/baseline_refit.hpp"
#include "daemon/pipeline/writing/writer_loop.hpp"

namespace tapewatch {

/// The checks of /readyz beyond the database: whether news is stored, and at the right times. `model`: its version.
std::vector<ProbeCheck> readiness_checks(const std::string& model, const WriterLoop& writer, const Shortages& shortages,
                                         const EventClock& clock, const BaselineRefit& refit);

}  // namespace tapewatch
