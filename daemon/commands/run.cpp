#include "daemon/commands/run.hpp"

#include <iostream>

#include "config/toml/load.hpp"
#include "daemon/daemon.hpp"
#include "daemon/load_parts.hpp"
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
  const LoadedParts loaded_parts = load_parts(loaded);
  for (const auto& error : loaded.errors) std::cerr << config::to_string(error) << "\n";
  if (!loaded.ok()) return 2;
  std::shared_ptr<spdlog::logger> log;
  const bool is_json = loaded.config.daemon.log.format == "json";
  try {
    log = make_logger(loaded.config.daemon.log.level, loaded.config.daemon.log.format);
    for (const auto& warning : config_warnings(loaded)) log->warn("{}", config::to_string(warning));
    DaemonParts parts;
    parts.model = loaded_parts.model;
    parts.finder = loaded_parts.finder;
    Daemon daemon(std::move(loaded.config), log, std::move(parts));
    daemon.start();
    return daemon.wait();
  } catch (const std::exception& error) {
    if (log && is_json) {  // whoever reads the log as JSON reads this too
      log->critical("{}", error.what());
      log->flush();
    } else {
      std::cerr << "tapewatch: " << error.what() << "\n";
    }
    return 1;
  }
}

}  // namespace tapewatch
