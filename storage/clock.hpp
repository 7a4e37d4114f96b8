#pragma once
#include <cstdint>
#include <optional>

#include "storage/connection/connection.hpp"

namespace tapewatch::storage {

struct Ticked {
  std::int64_t seq = 0;
  TimePoint event_time{};  ///< T after the tick
};

/// The sequence and the event time T. Documents, revisions, ticks, re-anchorings and alert transitions take their
/// numbers from one counter, in the order in which they are written; T is the largest min(published, received) or tick
/// since the last re-anchoring, or what that one made it.
class Clock {
 public:
  explicit Clock(Connection& connection) : connection_(connection) {}
  /// Adds a live tick as a row of the sequence. Inside the caller's Transaction.
  Ticked record_tick(TimePoint at);
  /// Takes the next number; T becomes max(T, at) where `at` is given. Inside the caller's Transaction.
  Ticked advance(std::optional<TimePoint> at);
  /// Adds a re-anchoring as a row of the sequence: T, which was `from`, is `to`. `since`: the rows after it are gone
  /// through again. Inside the caller's Transaction.
  std::int64_t record_reanchoring(TimePoint from, TimePoint to, std::int64_t since);
  /// T, or nothing before the first row.
  std::optional<TimePoint> event_time() const;
  std::int64_t last_seq() const;
  /// The seq of the last re-anchoring; 0 where there was none.
  std::int64_t last_reanchoring() const;

 private:
  Connection& connection_;
};

}  // namespace tapewatch::storage
