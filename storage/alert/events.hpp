#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "storage/connection/connection.hpp"

namespace tapewatch::storage {

struct EventRow {
  std::int64_t id = 0;
  std::string type;  ///< document alert
  std::string json;
  TimePoint at{};  ///< wall time of the commit's batch
};

/// Appends to the event table inside the causing Transaction and keeps it to `event_rows`, and to what outputs have yet
/// to publish (storage/output/output_log.hpp).
class EventWriter {
 public:
  EventWriter(Connection& connection, const StorageOptions& options) : connection_(connection), options_(options) {}
  /// `document`: the one that it tells of, 0: none.
  std::int64_t append(std::string_view type, std::string_view json, TimePoint at, std::int64_t document = 0);

 private:
  void trim(std::int64_t newest, std::int64_t line);

  Connection& connection_;
  StorageOptions options_;
};

/// Reads what the event streams send. Ids increase and are never reused; 0 means "before all".
class EventReader {
 public:
  explicit EventReader(Connection& connection) : connection_(connection) {}
  /// Events with a larger id, oldest first.
  std::vector<EventRow> after(std::int64_t event_id, std::size_t limit) const;
  /// The oldest id still stored (0: none): a client behind it has a gap.
  std::int64_t oldest() const;
  /// The newest id ever given (0: none).
  std::int64_t newest() const;

 private:
  Connection& connection_;
};

}  // namespace tapewatch::storage
