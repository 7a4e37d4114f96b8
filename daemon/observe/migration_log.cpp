#include "daemon/observe/migration_log.hpp"

#include <spdlog/spdlog.h>

#include <chrono>

namespace tapewatch {

storage::MigrationProgress migration_log(std::shared_ptr<spdlog::logger> log) {
  using Clock = std::chrono::steady_clock;
  return [log = std::move(log), next = Clock::time_point::min()](const storage::MigrationStep& step) mutable {
    const auto now = Clock::now();
    if (step.done < step.total && now < next) return;
    next = now + std::chrono::seconds(5);
    log->info("bringing the database to schema {}: {} of {} {}", step.version, step.done, step.total, step.unit);
  };
}

}  // namespace tapewatch
