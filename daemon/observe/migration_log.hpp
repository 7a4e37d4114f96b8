#pragma once
#include <memory>

#include "daemon/observe/log.hpp"
#include "storage/connection/connection.hpp"

namespace tapewatch {

/// Logs the progress of a migration over the stored documents: its start, its end, and every five seconds between.
storage::MigrationProgress migration_log(std::shared_ptr<spdlog::logger> log);

}  // namespace tapewatch
