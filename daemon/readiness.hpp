#pragma once

#include <span>
#include <string>
#include <vector>

#include "daemon/api/probes.hpp"
#include "daemon/listener_certificate.hpp"
#include "daemon/observe/shortage.hpp"
#include "daemon/outputs.hpp"
#include "daemon/pipeline/rescoring/baseline_refit.hpp"
#include "daemon/pipeline/writing/writer_loop.hpp"
#include "daemon/sources.hpp"

namespace tapewatch {

/// The checks of /readyz beyond the database: whether news comes, is stored, and at the right times. `model`: its
/// version.
std::vector<ProbeCheck> readiness_checks(const std::string& model, const WriterLoop& writer, const Shortages& shortages,
                                         const EventClock& clock, const BaselineRefit& refit, const Sources& sources,
                                         const Outputs& outputs, CertificateWatch& certificate);

/// Which of the sources that are polled give nothing, by name and with the error. One of several is the publisher's
/// trouble and only said; where none of them is reached the check is not ok.
ProbeCheck sources_check(std::span<const SourceReport> reports);

}  // namespace tapewatch
