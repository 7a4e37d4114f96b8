// Tested by tests/daemon/commands/check_command_test.cpp
#include "daemon/commands/check.hpp"

#include <fmt/format.h>

#include <iostream>

#include "config/toml/load.hpp"
#include "config/zone_data.hpp"
#include "daemon/check_configuration.hpp"
#include "daemon/commands/online/online_check.hpp"
#include "daemon/commands/print_fields.hpp"
#include "daemon/commands/record_arguments.hpp"

namespace tapewatch {
int run_check(const CheckOptions& options, std::ostream& out, std::ostream& err) {
  if (options.print_fields && !config::find_config_file(options.config)) {
    print_fields({}, out);  // the presets need no configuration
    return 0;
  }
  const auto checked = read_configuration("check", options.config, err);
  if (!checked) return 2;
  for (const auto& warning : checked->warnings) err << config::to_string(warning) << "\n";
  const auto zones = config::load_zone_data();
  if (!zones.trouble.empty()) err << "warning: time zones: " << zones.trouble << "\n";
  const auto& parts = checked->parts;
  const auto& config = checked->loaded.config;
  if (options.print_fields) {
    print_fields(record_sources(config), out);
    return 0;
  }
  out << fmt::format(
      "{}: fine. configuration {}, model {}, {} Kafka source(s), {} feed(s), {} post source(s), "
      "{} watched entities, {} rule(s), {} webhook(s), database {}, tzdata {}\n",
      config.path, config.version, model::version_with(parts.model->version(), parts.prior), config.ingest.kafka.size(),
      config.ingest.feeds.size(), config.ingest.posts.size(), parts.finder->entities().size(), config.rules.size(),
      config.webhooks.size(), config.storage.path, zones.version);
  return options.online && !check_online(config, options.tries, out.flush()) ? 1 : 0;
}

int run_check(const CheckOptions& options) { return run_check(options, std::cout, std::cerr); }

}  // namespace tapewatch
