#pragma once

#include <string>
#include <vector>

#include "daemon/commands/bench/bench.hpp"
#include "daemon/commands/bench/held_signals.hpp"

namespace tapewatch {

/// What a daemon of its own process takes.
struct StartCost {
  double seconds = 0;      // from the start of the process until it is ready
  double resident_mb = 0;  // memory in RAM once it has scored and stored the headlines, in 10^6 bytes
};

/// Starts this program as a daemon in `folder` as often as there are rounds, and pushes the headlines to the last one.
/// Medians. Throws std::runtime_error, also when a signal that is held back has come.
StartCost measure_start(const BenchOptions& options, const std::string& folder,
                        const std::vector<std::string>& headlines, const HeldSignals& signals);

/// To the daemon at `url`, in several requests. Throws std::runtime_error with the daemon's reason.
void push_headlines(const std::string& url, const std::vector<std::string>& headlines);

}  // namespace tapewatch
