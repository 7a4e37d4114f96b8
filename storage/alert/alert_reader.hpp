#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/alert/acknowledgements.hpp"
#include "storage/alert/alert_writer.hpp"
#include "storage/alert/outbox.hpp"
#include "storage/connection/connection.hpp"

namespace tapewatch::storage {

struct StoredAlert {
  AlertRow row;           ///< as after the last transition
  std::int64_t seq = 0;   ///< of the last transition
  TimePoint stored_at{};  ///< wall time of the first transition
  std::int64_t opened_seq = 0;
  std::optional<Acknowledgement> acknowledgement;  ///< of list(), find() and get(): the last one, with the last verdict
};

struct StoredTransition {
  AlertRow row;
  std::int64_t seq = 0;
  TimePoint stored_at{};
};

struct AlertDetail {
  StoredAlert alert;
  std::vector<StoredTransition> transitions;      ///< by sequence
  std::vector<OutboxRow> deliveries;              ///< in order of creation
  std::vector<Acknowledgement> acknowledgements;  ///< in the order in which they came
};

struct AlertQuery {
  std::vector<std::string> states, rules, severities;  ///< empty: any
  std::vector<std::string> topics, entities, sources;  ///< of the series; empty: any
  std::string key_json;                                ///< of the series; "": any
  std::optional<TimePoint> from, to;                   ///< alerts that were open at some time in [from, to)
  std::size_t limit = 100;                             ///< at most 1,000
  std::string cursor;
};

struct AlertPage {
  std::vector<StoredAlert> items;  ///< newest start first
  std::optional<std::string> next_cursor;
};

struct AlertCount {
  std::string rule, state;
  std::int64_t count = 0;
};

class AlertReader {
 public:
  explicit AlertReader(Connection& connection) : connection_(connection) {}
  /// Throws StorageError, std::invalid_argument for a bad cursor.
  AlertPage list(const AlertQuery& query) const;
  std::optional<AlertDetail> get(std::string_view id) const;
  /// The alert as after its last transition.
  std::optional<StoredAlert> find(std::string_view id) const;
  /// The open alerts and those with a transition after `seq`, in the order in which they were opened.
  std::vector<StoredAlert> open_or_since(std::int64_t seq) const;
  std::vector<AlertCount> counts() const;
  /// Alerts of `rule` that began to fire at or after `from` (event time), late ones left out.
  std::int64_t fired_since(std::string_view rule, TimePoint from) const;

 private:
  Connection& connection_;
};

}  // namespace tapewatch::storage
