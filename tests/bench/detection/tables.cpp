#include "tests/bench/detection/tables.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace tapewatch::bench {

std::uint64_t stream_seed(const TableOptions& options, const std::string& row, int index) {
  std::uint64_t hash = 14695981039346656037ull ^ options.seed;  // FNV-1a
  for (const unsigned char c : row) hash = (hash ^ c) * 1099511628211ull;
  return (hash ^ static_cast<std::uint64_t>(index)) * 0x9e3779b97f4a7c15ull;
}

bool wanted(const TableOptions& options, const std::string& row) { return row.find(options.only) != std::string::npos; }

std::string percent(int successes, int trials) {
  const Interval interval = wilson_interval(successes, trials);
  return fmt::format("{:.0f} % ({:.0f}-{:.0f})", trials == 0 ? 0.0 : 100.0 * successes / trials, 100.0 * interval.low,
                     100.0 * interval.high);
}

void progress(const std::string& row, int number, int of) {
  if (isatty(STDERR_FILENO) != 0) {
    fmt::print(stderr, "\r{:<78}", fmt::format("{}: {} of {}", row, number, of));
    if (number == of) fmt::print(stderr, "\r{:<78}\r", "");
  } else if (number == 1) {
    fmt::print(stderr, "{}\n", row);
  }
  std::fflush(stderr);
}

}  // namespace tapewatch::bench
