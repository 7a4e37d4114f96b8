#pragma once

#include <spdlog/logger.h>

#include <chrono>
#include <cstddef>

#include "daemon/pipeline/writing/applier.hpp"

namespace tapewatch {

struct RebuildOptions {
  std::size_t page = 1'000;                     ///< rows of history in memory at a time
  std::chrono::milliseconds tell_every{5'000};  ///< progress in the log
};

/// Start-up, before anything else uses the applier: fits the detector to the configuration. A rule that is new, or
/// looks at something else than when its state was written, is built anew from the stored sequence, without raising
/// alerts out of it; what was open under another definition ends with the reason "reconfigured", through the outbox
/// like any other transition. Both are one transaction at the end: killed before it, the next start begins again.
///
/// Documents that another model scored, and the ticks among them, are left out. `tags`: of the present watch list.
/// Throws StorageError.
void fit_detector(storage::Connection& connection, Applier& applier, const EntityTags& tags, spdlog::logger& log,
                  RebuildOptions options = {});

}  // namespace tapewatch
