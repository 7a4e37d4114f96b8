#include "daemon/commands/check.hpp"

#include <fmt/format.h>

#include <iostream>

#include "config/toml/load.hpp"
#include "config/zone_data.hpp"
#include "daemon/load_parts.hpp"

namespace tapewatch {
int run_check(const CheckOptions& options, std::ostream& out, std::ostream& err) {
  const auto path = config::find_config_file(options.config);
  if (!path) {
    err << "check: no configuration: give --config FILE or $TAPEWATCH_CONFIG, or write ./tapewatch.toml or "
           "/etc/tapewatch/tapewatch.toml\n";
    return 2;
  }
  auto loaded = config::load(*path);
  const LoadedParts parts = load_parts(loaded);
  for (const auto& error : loaded.errors) err << config::to_string(error) << "\n";
  for (const auto& warning : config_warnings(loaded)) err << config::to_string(warning) << "\n";
  if (!loaded.ok()) return 2;
  const auto zones = config::load_zone_data();
  if (!zones.trouble.empty()) err << "warning: time zones: " << zones.trouble << "\n";
  const auto& config = loaded.config;
  out << fmt::format(
      "{}: fine. configuration {}, model {}, {} Kafka source(s), {} feed(s), {} watched entities, "
      "{} rule(s), {} webhook(s), database {}, tzdata {}\n",
      *path, config.version, model::version_with(parts.model->version(), parts.prior), config.ingest.kafka.size(),
      config.ingest.feeds.size(), parts.finder->entities().size(), config.rules.size(), config.webhooks.size(),
      config.storage.path, zones.version);
  return 0;
}

int run_check(const CheckOptions& options) { return run_check(options, std::cout, std::cerr); }

}  // namespace tapewatch
