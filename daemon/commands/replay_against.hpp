#pragma once

#include <string>
#include <vector>

#include "config/toml/load.hpp"
#include "daemon/load_parts.hpp"

namespace tapewatch {

/// The rules of another configuration, to be compared over the same rows.
struct OldRules {
  std::vector<alerts::RuleOptions> rules;
  std::vector<config::ConfigError> errors;  ///< with the file's name; empty: `rules` may be used
};

/// Reads the rules of `path`. Rows are made once, with the model, the watch list and the limits of `config` and
/// `parts`; so what decides how a row looks must be the same in both files, and a difference is an error that names the
/// key. Everything else in the old file (sources, webhooks, listeners, retention) is ignored. If `parts` are
/// incomplete, only the old file's own errors are returned.
OldRules load_old_rules(const std::string& path, const config::Config& config, const LoadedParts& parts);

}  // namespace tapewatch
