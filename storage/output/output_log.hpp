#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/connection/connection.hpp"

namespace tapewatch::storage {

/// An event as an output publishes it.
struct OutputEvent {
  std::int64_t id = 0;
  std::string type;   ///< document alert
  std::string about;  ///< the id of the document or alert
  std::string json;   ///< what /v1/stream sends
  TimePoint at{};     ///< wall time of the commit's batch
};

/// An output that is configured.
struct ConfiguredOutput {
  std::string name;
  bool from_beginning = false;  ///< where its position is unknown; else after the newest event
  std::int64_t max_backlog = 0;
};

/// The events that outputs publish, and how far each is. An event is kept until every output has published it, up to
/// `max_backlog` behind the newest one. Throws StorageError.
class OutputLog {
 public:
  explicit OutputLog(Connection& connection) : connection_(connection) {}

  /// Events with a larger id, oldest first.
  std::vector<OutputEvent> after(std::int64_t event, std::size_t limit) const;
  /// When it was written; nullopt where it is not stored.
  std::optional<TimePoint> written_at(std::int64_t event) const;
  /// The last event that the output has surely published; nullopt for one that is not configured.
  std::optional<std::int64_t> position(std::string_view output) const;

  /// Inside the caller's Transaction: positions of new outputs, as from now on; those of others are forgotten.
  void configure(std::span<const ConfiguredOutput> outputs);
  /// Inside the caller's Transaction. A position never goes back; one of an unknown output is not kept.
  void advance(std::string_view output, std::int64_t event);

 private:
  Connection& connection_;
};

}  // namespace tapewatch::storage
