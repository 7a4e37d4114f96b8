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

/// What a process can run out of where a limit of the system is too low for what it has to do.
enum class Resource { descriptors, memory, threads };

/// What is missing where this is the error of a system call or a library: EMFILE, std::bad_alloc, a std::thread that
/// cannot be made; nothing for every other failure.
std::optional<Resource> missing_resource(const std::error_code& error);
std::optional<Resource> missing_resource(const std::exception& error);

/// What is missing and what gives it: one sentence without an end.
std::string_view remedy(Resource resource);
/// What an operator is told of a failure: the remedy where something is missing, else what the exception says.
std::string explained(const std::exception& failure);

/// Remembers what was missing: says it once a minute however often it happens, and lets /readyz show it for a minute
/// after the last time. Thread-safe.
class Shortages {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Shortages(std::shared_ptr<spdlog::logger> log);

  /// `doing` completes "while …". Throws nothing: where memory is missing, so may be that of a log line.
  void report(Resource resource, std::string_view doing, Clock::time_point now = Clock::now()) noexcept;

  /// "descriptors", "memory", "threads" of the last minute.
  struct Present {
    std::string_view name;
    std::string_view detail;
  };
  std::vector<Present> present(Clock::time_point now = Clock::now()) const;

 private:
  struct Seen {
    std::uint64_t times = 0;  // since it was last said
    std::optional<Clock::time_point> last, said;
  };
  const std::shared_ptr<spdlog::logger> log_;
  mutable Mutex mutex_;
  std::array<Seen, 3> seen_ GUARDED_BY(mutex_);
};

}  // namespace tapewatch
