#pragma once
#include <cstdint>

#include "storage/connection/connection.hpp"

namespace tapewatch::storage {

struct Swept {
  std::int64_t documents = 0;  ///< raw rows deleted; their ids are remembered
  std::int64_t folded = 0;     ///< minute roll-ups folded into quarter hours
  std::int64_t dropped = 0;    ///< roll-ups, remembered ids and log rows past the last limit
  bool more = false;           ///< the budget ran out before the work was done
};

/// Deletes what is older than the configured times, in parts that fit between two batches. Raw rows go; roll-ups stay
/// until `quarters`.
class Retention {
 public:
  Retention(Connection& connection, const StorageOptions& options) : connection_(connection), options_(options) {}
  /// At most about `budget_rows` rows, inside the caller's Transaction. `now`: wall time.
  Swept sweep(TimePoint now, std::int64_t budget_rows);

 private:
  Connection& connection_;
  StorageOptions options_;
};

}  // namespace tapewatch::storage
