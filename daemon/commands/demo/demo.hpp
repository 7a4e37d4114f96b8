#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace tapewatch {

struct DemoOptions {
  std::string data_dir;  ///< folder of the demo's database; empty: a new temporary folder
  std::string listen = "127.0.0.1:8080";
  std::optional<std::chrono::milliseconds> for_;  ///< ends after this wall time
  bool live_feeds = false;                        ///< adds the public feeds of the example configuration
};

/// `tapewatch demo`: the daemon on an embedded default that touches no network. Exit status 0, 1 (failed), 2 (usage).
int run_demo(const DemoOptions& options);

}  // namespace tapewatch
