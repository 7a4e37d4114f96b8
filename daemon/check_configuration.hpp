#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/toml/load.hpp"
#include "daemon/load_parts.hpp"
#include "daemon/server/server_certificate.hpp"

namespace tapewatch {

/// A configuration that the daemon can start with, as far as can be checked without a network.
struct CheckedConfiguration {
  config::LoadResult loaded;
  LoadedParts parts;
  std::vector<config::ConfigError> warnings;
  /// Of the listener. Its errors are not among `loaded.errors`: a daemon that runs goes on with the one that it has.
  CertificateResult certificate;
};

/// Reads the configuration (`given`, else where find_config_file() looks) and checks it. nullopt if it cannot be used:
/// then every error is on `err`, one per line, in the file's order, and the exit status is 2. `check` and `run` both
/// use this function, so that they accept the same configurations and refuse with the same messages.
std::optional<CheckedConfiguration> read_configuration(std::string_view command, const std::string& given,
                                                       std::ostream& err);

/// Checks a loaded configuration by building everything that needs no network: the model, its rules and the watch list
/// (load_parts), the Kafka clients, the feeds' certificate authorities, addresses as parsed by the HTTP client, and the
/// permissions of folder and database. Errors are added to `loaded.errors` with the places of their keys.
LoadedParts check_configuration(config::LoadResult& loaded, const RunningModel& running = {});

/// Reads and checks a file; it may be used if `loaded.ok()`, for a start only if `certificate` has no errors either.
/// `running`: a model in use, which is not read again.
CheckedConfiguration read_and_check(const std::string& path, const RunningModel& running = {});

/// Errors of the configuration itself in its order; then those of other files (the watch list).
void sort_by_place(config::LoadResult& loaded);

}  // namespace tapewatch
