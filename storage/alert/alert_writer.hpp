#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "storage/alert/outbox.hpp"
#include "storage/connection/connection.hpp"

namespace tapewatch::storage {

/// One transition of one alert, and the alert as it is after it.
struct AlertRow {
  std::string id, rule, severity;
  std::string state;            ///< pending firing resolved
  std::string key_json = "{}";  ///< {"topic":"earnings"}
  std::string measure, evidence_json = "{}";
  TimePoint started_at{}, updated_at{};  ///< event time
  std::optional<TimePoint> ended_at;
  std::int64_t sequence = 0;  ///< number of the transition within the alert
  bool late = false;
  std::string type;  ///< alert.firing alert.updated alert.resolved; "": recorded, never sent
  std::string reason, labels_json = "{}", runbook_url, model_version, config_version;
  std::string suppressed_by;  ///< who keeps it from being told: silence:<id> alert:<id> mute max_alerts; "": nobody
};

/// Stores transitions: alert row, history row, SSE event and outgoing messages, inside the caller's Transaction.
class AlertWriter {
 public:
  AlertWriter(Connection& connection, const StorageOptions& options) : connection_(connection), options_(options) {}
  /// Returns the transition's seq. The same (id, sequence) twice is an error.
  std::int64_t record(const AlertRow& row, std::span<const OutboxMessage> messages, TimePoint now);
  /// What changed between two transitions: the severity and who suppresses it, with an SSE event that has `row.type`.
  void record_turn(const AlertRow& row, TimePoint now);

 private:
  Connection& connection_;
  StorageOptions options_;
};

}  // namespace tapewatch::storage
