#pragma once
// Tested by tests/daemon/api/reload_api_test.cpp

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "config/toml/load.hpp"

namespace tapewatch {

inline constexpr std::string_view kSignalRole = "signal";

/// Who asks for a reload: SIGHUP, or whoever has a token.
struct ReloadCaller {
  std::string token;              ///< its name; "": none is needed, or a signal
  std::string role{kSignalRole};  ///< of the token
};

/// How a reload ended.
struct ReloadResult {
  enum class Outcome {
    changed,
    unchanged,  ///< the file says what runs already
    refused,    ///< the configuration has errors, or changes what only a restart changes
    failed,     ///< the change could not be written; `failure` says why
    stopping,   ///< the daemon ends
  };
  Outcome outcome = Outcome::unchanged;
  std::string version;                      ///< of the configuration that runs now
  std::string previous;                     ///< with `changed`: the one before
  std::vector<std::string> changes;         ///< in words
  std::vector<std::string> warnings;        ///< what was left as it was: a certificate that cannot be used
  std::vector<config::ConfigError> errors;  ///< with `refused`: all of them
  std::vector<std::string> fixed_keys;      ///< with `refused`: keys that only a restart changes, by their paths
  std::string failure;
};

using ReloadDone = std::function<void(const ReloadResult&)>;
/// Starts a reload; `done` is called once, on another thread. False: one is running, and nothing is called.
using RequestReload = std::function<bool(const ReloadCaller& caller, ReloadDone done)>;

}  // namespace tapewatch
