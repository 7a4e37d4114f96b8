#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "storage/connection/connection.hpp"

namespace tapewatch::storage {

struct DetectorState {
  std::string rule, key, blob;  ///< blob: bytes of the alerts island, opaque here
};

/// The detector's memory, one row per series, committed with the rows that changed it.
class DetectorStateStore {
 public:
  explicit DetectorStateStore(Connection& connection) : connection_(connection) {}
  /// In order of (rule, key).
  std::vector<DetectorState> load_all() const;
  /// An empty blob deletes the row: the series has nothing to remember.
  void save(std::string_view rule, std::string_view key, std::string_view blob);

 private:
  Connection& connection_;
};

}  // namespace tapewatch::storage
