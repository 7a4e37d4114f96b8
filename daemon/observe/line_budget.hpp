#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace tapewatch {

/// How many lines of one kind go into the log: `lines` per `period` for each key (a rule, a webhook). What is beyond is
/// counted, and the count is told with the first line of a later period, so that a flood is one page of the log and
/// not a full disk. Pure; one thread.
class LineBudget {
 public:
  using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;
  struct Options {
    std::size_t lines = 60;
    std::chrono::milliseconds period = std::chrono::minutes(1);
    std::size_t most_keys = 1'000;  ///< further ones share one budget
  };

  LineBudget() = default;
  explicit LineBudget(Options options) : options_(options) {}

  /// nullopt: the line is left out. Else how many were, since the last one that was written.
  std::optional<std::uint64_t> allow(const std::string& key, TimePoint now) {
    const bool room = periods_.size() < options_.most_keys || periods_.contains(key);
    Period& period = periods_[room ? key : std::string()];
    // A clock that is put back begins a period, too.
    if (period.lines == 0 || now < period.begin || now >= period.begin + options_.period) {
      period.begin = now;
      period.lines = 0;
    }
    if (period.lines >= options_.lines) {
      ++period.left_out;
      return std::nullopt;
    }
    ++period.lines;
    return std::exchange(period.left_out, 0);
  }

  /// " (12 lines like it were left out)"; "" for none.
  static std::string words(std::uint64_t left_out) {
    if (left_out == 0) return "";
    return " (" + std::to_string(left_out) + (left_out == 1 ? " line" : " lines") + " like it before were left out)";
  }

 private:
  struct Period {
    TimePoint begin{};
    std::size_t lines = 0;
    std::uint64_t left_out = 0;
  };
  Options options_;
  std::map<std::string, Period> periods_;
};

}  // namespace tapewatch
