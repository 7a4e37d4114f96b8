#pragma once

#include <iosfwd>

#include "daemon/commands/rescore.hpp"

namespace tapewatch {

/// Asks the daemon at `options.url` to score its stored history, and tells on `err` how far it is until it has ended.
/// Exit status 0, 1 failed, 2 refused as wrong. Throws std::runtime_error where the daemon does not answer.
int rescore_by_daemon(const RescoreOptions& options, std::ostream& err);

}  // namespace tapewatch
