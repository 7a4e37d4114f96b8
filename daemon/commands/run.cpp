// Tested by tests/e2e/daemon/withstand_test.py
#include "daemon/commands/run.hpp"

#include <iostream>

#include "config/notation/printable.hpp"
#include "daemon/check_configuration.hpp"
#include "daemon/daemon.hpp"
#include "daemon/observe/log.hpp"
#include "daemon/observe/shortage.hpp"

namespace tapewatch {

int run_daemon_command(const RunOptions& options) {
  auto checked = read_configuration("run", options.config, std::cerr);
  if (!checked) return 2;
  auto& config = checked->loaded.config;
  std::shared_ptr<spdlog::logger> log;
  const bool is_json = config.daemon.log.format == "json";
  try {
    log = make_logger(config.daemon.log.level, config.daemon.log.format);
    for (const auto& warning : checked->warnings) log->warn("{}", config::to_string(warning));
    DaemonParts parts;
    parts.model = checked->parts.model;
    parts.finder = checked->parts.finder;
    Daemon daemon(std::move(config), log, std::move(parts));
    daemon.start();
    return daemon.wait();
  } catch (const std::exception& error) {
    if (log && is_json) {  // readers of the JSON log need this line too
      log->critical("{}", explained(error));
      log->flush();
    } else {
      std::cerr << "tapewatch: " << notation::printable(explained(error)) << "\n";
    }
    return 1;
  }
}

}  // namespace tapewatch
