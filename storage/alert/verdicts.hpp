#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/connection/connection.hpp"

namespace tapewatch::storage {

/// How people judged the alerts that a rule fired; late ones, which nobody is told of, are left out.
struct VerdictCounts {
  std::int64_t fired = 0, useful = 0, noise = 0, duplicate = 0;
  std::int64_t unjudged() const { return fired - useful - noise - duplicate; }
};

/// An alert that fired, with the last verdict on it.
struct JudgedAlert {
  std::string id, key_json;
  TimePoint started_at{};               ///< event time
  std::optional<TimePoint> ended_at{};  ///< nothing: it is open
  std::string verdict;                  ///< useful noise duplicate; "": none yet
};

/// Verdicts of acknowledgements, by rule. On a reader. Throws StorageError.
class Verdicts {
 public:
  explicit Verdicts(Connection& connection) : connection_(connection) {}

  /// Of the alerts that began in [from, to), event time.
  VerdictCounts of_alerts_begun(std::string_view rule, TimePoint from, TimePoint to) const;
  /// Of the alerts that were stored as firing in [from, to), wall time: each alert is in one such span, although event
  /// time lags behind.
  VerdictCounts of_alerts_stored(std::string_view rule, TimePoint from, TimePoint to) const;
  /// Those that began in [from, to), event time, oldest first.
  std::vector<JudgedAlert> alerts_begun(std::string_view rule, TimePoint from, TimePoint to) const;

 private:
  Connection& connection_;
};

}  // namespace tapewatch::storage
