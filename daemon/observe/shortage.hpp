#pragma once
#include <spdlog/fwd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/notation/mutex.hpp"

namespace tapewatch {

/// The resources that a process can run out of when a system limit is too low.
enum class Resource { descriptors, memory, threads };

/// The missing resource behind an error of a system call or a library: EMFILE, std::bad_alloc, a std::thread that
/// cannot start; nothing for any other failure.
std::optional<Resource> missing_resource(const std::error_code& error);
std::optional<Resource> missing_resource(const std::exception& error);

/// The missing resource and its remedy: one sentence without a full stop.
std::string_view remedy(Resource resource);
/// The message about a failure for an operator: the remedy for a missing resource, else the exception's text.
std::string explained(const std::exception& failure);

/// Records missing resources: logs each once a minute however often it happens, and keeps it in /readyz for a minute
/// after the last time. Thread-safe.
class Shortages {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Shortages(std::shared_ptr<spdlog::logger> log);

  /// `doing` completes "while …". Never throws: when memory is missing, even a log line may fail.
  void report(Resource resource, std::string_view doing, Clock::time_point now = Clock::now()) noexcept;

  /// "descriptors", "memory", "threads" of the last minute.
  struct Present {
    std::string_view name;
    std::string_view detail;
  };
  std::vector<Present> present(Clock::time_point now = Clock::now()) const;

 private:
  struct Seen {
    std::uint64_t times = 0;  // since it was last logged
    std::optional<Clock::time_point> last, said;
  };
  const std::shared_ptr<spdlog::logger> log_;
  mutable Mutex mutex_;
  std::array<Seen, 3> seen_ GUARDED_BY(mutex_);
};

}  // namespace tapewatch
