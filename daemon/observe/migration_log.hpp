#pragma once
#include <memory>

#include "daemon/observe/log.hpp"
#include "storage/connection/connection.hpp"

namespace tapewatch {

/// Logs how far a migration over the stored documents is: its first and last word, and one every five seconds between.
storage::MigrationProgress migration_log(std::shared_ptr<spdlog::logger> log);

}  // namespace tapewatch
