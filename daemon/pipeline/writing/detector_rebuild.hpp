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

/// At start-up, before anything else uses the applier: adapts the detector to the configuration. A rule that is new, or
/// selects other news than when its state was written, is rebuilt from the stored sequence, without raising alerts from
/// it; alerts open under another definition end with the reason "reconfigured", through the outbox like any other
/// transition. Both are one transaction at the end: if the process is killed before it, the next start begins again.
///
/// Documents scored by another model, and the ticks among them, are left out. `tags`: of the current watch list. Throws
/// StorageError.
void fit_detector(storage::Connection& connection, Applier& applier, const EntityTags& tags, spdlog::logger& log,
                  RebuildOptions options = {});

}  // namespace tapewatch
