#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/connection/connection.hpp"

namespace tapewatch::storage {

/// What somebody has done. Never a secret: those who operate read it.
struct AuditEntry {
  std::int64_t seq = 0;     ///< given by append()
  TimePoint at{};           ///< wall time
  std::string who, role;    ///< of the access token; who "": nobody, or the configuration
  std::string action;       ///< "alert.acknowledge"
  std::string target;       ///< the id of what it was done to
  std::string detail_json;  ///< an object
};

struct AuditQuery {
  std::optional<std::string> action, target;
  std::optional<TimePoint> from, to;  ///< [from, to)
  std::size_t limit = 100;            ///< at most 1,000
  std::string cursor;
};

struct AuditPage {
  std::vector<AuditEntry> items;  ///< newest first
  std::optional<std::string> next_cursor;
};

/// The table `audit`, kept as long as alerts. append() belongs into the Transaction of what it tells; list() works on a
/// reader. Throws StorageError.
class Audit {
 public:
  explicit Audit(Connection& connection) : connection_(connection) {}
  void append(const AuditEntry& entry);
  /// Throws std::invalid_argument for a bad cursor.
  AuditPage list(const AuditQuery& query) const;

 private:
  Connection& connection_;
};

}  // namespace tapewatch::storage
