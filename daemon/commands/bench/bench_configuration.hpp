#pragma once

#include <cstdint>
#include <string>

#include "daemon/commands/bench/bench.hpp"

namespace tapewatch {

/// A port of 127.0.0.1 that nothing listens on now. Throws std::runtime_error.
std::uint16_t free_port();

/// The configuration file of a daemon that is measured: its data in `folder`, no sources, an alert for each grave
/// story, and scores without a cache. `port` 0: any.
std::string bench_configuration(const BenchOptions& options, const std::string& folder, std::uint16_t port);

}  // namespace tapewatch
