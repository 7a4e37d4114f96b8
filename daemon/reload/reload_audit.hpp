#pragma once

#include <string>

#include "daemon/reload/reload_result.hpp"
#include "storage/alert/audit.hpp"

namespace tapewatch {

/// "tapewatch.toml:3:7"; the file's name where no line is known.
std::string error_place(const config::ConfigError& error);

/// For the log: "SIGHUP", "token duty", "POST /v1/reload" where no token is needed.
std::string caller_in_words(const ReloadCaller& caller);

/// What the audit keeps of a reload: its result and, by their names only, what changed or why nothing did.
storage::AuditEntry reload_entry(const ReloadResult& result, const ReloadCaller& caller, storage::TimePoint now);

}  // namespace tapewatch
