#include "daemon/commands/import/import_progress.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tapewatch {

std::string ImportProgress::line(std::uint64_t documents, std::uint64_t bytes, Clock::time_point now) const {
  const double seconds = std::max(std::chrono::duration<double>(now - began_).count(), 1e-3);
  std::string line = fmt::format("{} documents", documents);
  const bool known = total_ > 0 && bytes <= total_;
  if (known) line += fmt::format(", {:.0f} %", 100.0 * static_cast<double>(bytes) / static_cast<double>(total_));
  line += fmt::format(", {:.0f} documents/s", static_cast<double>(documents) / seconds);
  if (known && bytes > skipped_ && bytes < total_) {
    const double rate = static_cast<double>(bytes - skipped_) / seconds;
    const auto left = static_cast<std::uint64_t>(static_cast<double>(total_ - bytes) / rate);
    line += left < 3600 ? fmt::format(", {}:{:02} left", left / 60, left % 60)
                        : fmt::format(", {}:{:02}:{:02} left", left / 3600, left / 60 % 60, left % 60);
  }
  return line;
}

}  // namespace tapewatch
