#include "daemon/commands/run.hpp"

#include <iostream>

#include "config/load.hpp"
#include "daemon/daemon.hpp"
#include "daemon/observe/log.hpp"

namespace tapewatch {

int run_daemon_command(const RunOptions& options) {
  const auto path = config::find_config_file(options.config);
  if (!path) {
    std::cerr << "run: no configuration: give --config FILE or $TAPEWATCH_CONFIG, or write ./tapewatch.toml or "
                 "/etc/tapewatch/tapewatch.toml (config/tapewatch.example.toml is a start)\n";
    return 2;
  }
  auto loaded = config::load(*path);
  for (const auto& error : loaded.errors) std::cerr << config::to_string(error) << "\n";
  if (!loaded.ok()) return 2;
  try {
    auto log = make_logger(loaded.config.daemon.log.level, loaded.config.daemon.log.format);
    Daemon daemon(std::move(loaded.config), log);
    daemon.start();
    return daemon.wait();
  } catch (const std::exception& error) {
    std::cerr << "tapewatch: " << error.what() << "\n";
    return 1;
  }
}

}  // namespace tapewatch
