#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "storage/connection/connection.hpp"

namespace tapewatch::storage {

/// A time in which the daemon ran.
struct Run {
  TimePoint started_at{}, alive_at{};        ///< alive_at: of its last commit, so that it is known after a kill too
  std::string model;                         ///< version of the model that scored
  std::map<std::string, std::string> rules;  ///< fingerprints, by name
};

/// The table `run`: between two rows nobody read the sources. Writes inside the caller's Transaction, on the writer's
/// thread. Throws StorageError.
class RunLog {
 public:
  explicit RunLog(Connection& connection) : connection_(connection) {}
  std::optional<Run> last() const;
  /// A run that begins at `started_at`; the one before ended when it was last alive.
  void begin(const Run& run);
  /// Of the last run; nothing where there is none.
  void alive(TimePoint at);
  void set_rules(const std::map<std::string, std::string>& rules);

 private:
  Connection& connection_;
};

}  // namespace tapewatch::storage
