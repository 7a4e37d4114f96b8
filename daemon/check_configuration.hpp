#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/toml/load.hpp"
#include "daemon/load_parts.hpp"

namespace tapewatch {

/// A configuration that the daemon can be started with, as far as that shows without a network.
struct CheckedConfiguration {
  config::LoadResult loaded;
  LoadedParts parts;
  std::vector<config::ConfigError> warnings;
};

/// Reads the configuration (`given`, else where find_config_file() looks) and checks it. nullopt where it cannot be
/// used: then every error is on `err`, a line each, in the file's order, and the exit status is 2. `check` and `run`
/// both come through here, so that what one calls fine the other starts, and both refuse in the same words.
std::optional<CheckedConfiguration> read_configuration(std::string_view command, const std::string& given,
                                                       std::ostream& err);

/// Checks what has been read by building what can be built without a network: the model, its rules and the watch list
/// (load_parts), the Kafka clients, the feeds' certificate authorities, addresses as the HTTP client reads them, and
/// the rights on folder and database. Errors are added to `loaded.errors` with the places of their keys.
LoadedParts check_configuration(config::LoadResult& loaded);

}  // namespace tapewatch
