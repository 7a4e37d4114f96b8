#include "daemon/pipeline/writing/disk_guard.hpp"

#include <fmt/format.h>

#include <exception>
#include <utility>

#include "daemon/observe/log_fields.hpp"

namespace tapewatch {

DiskGuard::DiskGuard(DiskGuardOptions options, std::string path, std::function<std::uint64_t()> free_bytes,
                     std::shared_ptr<spdlog::logger> log)
    : options_(options), path_(std::move(path)), free_bytes_(std::move(free_bytes)), log_(std::move(log)) {}

void DiskGuard::look(std::chrono::steady_clock::time_point now) {
  const bool first = looked_ == std::chrono::steady_clock::time_point{};
  if (!first && now - looked_ < options_.look_every) return;
  looked_ = now;
  try {
    const std::uint64_t free = free_bytes_();
    const bool low = free < options_.min_free;
    const auto bytes = static_cast<std::int64_t>(free);
    if (low && !paused()) {
      log_with(
          *log_, spdlog::level::err, {{"event", "ingestion.paused"}, {"free_bytes", bytes}},
          fmt::format("ingestion pauses: {} MiB free on the disk of {}, storage.min_free is {} MiB; free some space",
                      free >> 20, path_, options_.min_free >> 20));
    } else if (!low && paused()) {
      log_with(*log_, spdlog::level::info, {{"event", "ingestion.resumed"}, {"free_bytes", bytes}},
               fmt::format("ingestion resumes: {} MiB free", free >> 20));
    }
    paused_.store(low, std::memory_order_relaxed);
    unreadable_ = false;
  } catch (const std::exception& error) {
    if (!std::exchange(unreadable_, true)) log_->warn("the free space could not be read: {}", error.what());
  }
}

}  // namespace tapewatch
