#include "daemon/observe/shortage.hpp"

#include <spdlog/spdlog.h>

#include <boost/system/system_error.hpp>
#include <new>
#include <system_error>

#include "storage/connection/error.hpp"

namespace tapewatch {
namespace {

constexpr std::chrono::minutes kOnce{1};

constexpr std::array<Shortages::Present, 3> kAll = {{
    {"descriptors", "no file descriptor is left: raise the limit (ulimit -n, LimitNOFILE=) or lower max_connections"},
    {"memory", "no memory is left: raise the limit (ulimit -v, LimitAS=, MemoryMax=) or lower model.threads"},
    {"threads", "no thread can be started: raise the limit (ulimit -u and -v, TasksMax=) or lower model.threads"},
}};

}  // namespace

std::optional<Resource> missing_resource(const std::error_code& error) {
  if (error == std::errc::too_many_files_open || error == std::errc::too_many_files_open_in_system) {
    return Resource::descriptors;
  }
  if (error == std::errc::not_enough_memory || error == std::errc::no_buffer_space) return Resource::memory;
  return std::nullopt;
}

std::optional<Resource> missing_resource(const std::exception& error) {
  if (dynamic_cast<const std::bad_alloc*>(&error)) return Resource::memory;
  if (const auto* of_storage = dynamic_cast<const storage::StorageError*>(&error)) {
    if (of_storage->kind() == storage::StorageError::Kind::memory) return Resource::memory;
  }
  std::error_code code;
  if (const auto* of_system = dynamic_cast<const std::system_error*>(&error)) code = of_system->code();
  if (const auto* of_boost = dynamic_cast<const boost::system::system_error*>(&error)) code = of_boost->code();
  // Thrown by std::thread and Asio's threads: EAGAIN, also when memory for the stack is missing.
  if (code == std::errc::resource_unavailable_try_again) return Resource::threads;
  return missing_resource(code);
}

std::string_view remedy(Resource resource) { return kAll[static_cast<std::size_t>(resource)].detail; }

std::string explained(const std::exception& failure) {
  const auto missing = missing_resource(failure);
  return std::string(missing ? remedy(*missing) : failure.what());
}

Shortages::Shortages(std::shared_ptr<spdlog::logger> log) : log_(std::move(log)) {}

void Shortages::report(Resource resource, std::string_view doing, Clock::time_point now) noexcept {
  try {
    const auto index = static_cast<std::size_t>(resource);
    std::uint64_t times = 0;
    {
      const MutexLock lock(mutex_);
      Seen& seen = seen_[index];
      seen.last = now;
      ++seen.times;
      if (seen.said && now - *seen.said < kOnce) return;
      seen.said = now;
      times = std::exchange(seen.times, 0);
    }
    log_->error("{}; it was needed while {} ({} times since the last report)", kAll[index].detail, doing, times);
  } catch (...) {  // the next report logs it
  }
}

std::vector<Shortages::Present> Shortages::present(Clock::time_point now) const {
  const MutexLock lock(mutex_);
  std::vector<Present> found;
  for (std::size_t i = 0; i < seen_.size(); ++i) {
    if (seen_[i].last && now - *seen_[i].last < kOnce) found.push_back(kAll[i]);
  }
  return found;
}

}  // namespace tapewatch
