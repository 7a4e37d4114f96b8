#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "ingest/document/document.hpp"

namespace tapewatch::ingest {

/// When to report something that keeps happening: at once, then at growing intervals, each time with the count. Pure.
class ErrorNotice {
 public:
  explicit ErrorNotice(std::chrono::milliseconds first_gap = std::chrono::seconds(30),
                       std::chrono::milliseconds most_gap = std::chrono::hours(1), std::size_t most_keys = 64)
      : first_gap_(first_gap), most_gap_(most_gap), most_keys_(most_keys) {}

  /// Counts one occurrence of `key`; returns a number when it is time to report: the occurrences since the last report,
  /// including this one. Beyond `most_keys` different keys the rest share one.
  std::optional<std::uint64_t> count(const std::string& key, TimePoint now);
  /// Ends the series: the next occurrence is reported at once. Returns the count.
  std::uint64_t clear(const std::string& key);

 private:
  struct State {
    TimePoint next{};
    std::chrono::milliseconds gap{};
    std::uint64_t unsaid = 0;
    std::uint64_t total = 0;
  };
  std::chrono::milliseconds first_gap_;
  std::chrono::milliseconds most_gap_;
  std::size_t most_keys_;
  std::map<std::string, State> states_;
};

}  // namespace tapewatch::ingest
