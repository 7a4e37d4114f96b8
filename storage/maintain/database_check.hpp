#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "storage/connection/connection.hpp"

namespace tapewatch::storage {

struct CheckReport {
  std::vector<std::string> problems;  ///< empty: sound
  std::int64_t documents = 0, rollup_rows = 0;
  bool rollups_compared = false;  ///< false where retention has deleted raw rows: sums cannot be compared any more
};

/// Pages, indexes, full-text index, references, roll-ups against rows, counters. Reads everything: minutes on a large
/// database; runs beside a daemon.
CheckReport check_database(Connection& reader);

}  // namespace tapewatch::storage
