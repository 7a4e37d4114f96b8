#pragma once

#include <string>

namespace tapewatch {

struct RunOptions {
  std::string config;  ///< empty: $TAPEWATCH_CONFIG, ./tapewatch.toml, /etc/tapewatch/tapewatch.toml
};

/// `tapewatch run`: the daemon in the foreground. Exit status 0, 1 (failed), 2 (configuration).
int run_daemon_command(const RunOptions& options);

}  // namespace tapewatch
