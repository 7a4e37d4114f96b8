#pragma once

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <string>

namespace tapewatch {

/// How far an import is, as a line for people: "12300 documents, 45 %, 410 documents/s, 0:33 left". Without a total
/// (standard input) neither a share nor an end.
class ImportProgress {
 public:
  using Clock = std::chrono::steady_clock;

  ImportProgress(std::uint64_t total_bytes, Clock::time_point now) : total_(total_bytes), began_(now) {}

  /// What an earlier run has read is neither speed nor work of this one.
  void skipped(std::uint64_t bytes) { skipped_ += bytes; }
  std::string line(std::uint64_t documents, std::uint64_t bytes, Clock::time_point now) const;

 private:
  const std::uint64_t total_;
  const Clock::time_point began_;
  std::uint64_t skipped_ = 0;
};

}  // namespace tapewatch
