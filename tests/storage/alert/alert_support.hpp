#pragma once
#include "storage/alert/alert_writer.hpp"
#include "storage/alert/outbox.hpp"
#include "tests/storage/storage_support.hpp"

namespace storage_test {

struct AlertFixture {
  TempFolder folder;
  Connection connection = open_new(folder.file());
  Outbox outbox{connection};

  /// Records transition `sequence` of the alert with one message to each webhook.
  void record(const std::string& id, std::int64_t sequence, const std::string& state, std::vector<std::string> webhooks,
              TimePoint now, const std::string& type = "") {
    AlertRow row;
    row.id = id;
    row.rule = "burst";
    row.severity = "critical";
    row.state = state;
    row.key_json = R"({"topic":"earnings"})";
    row.measure = "negative_stories";
    row.evidence_json = R"({"observed":14,"expected":2.1,"p_value":3.1e-7})";
    row.started_at = at_minute(0);
    row.updated_at = now;
    if (state == "resolved") row.ended_at = now;
    row.sequence = sequence;
    row.type = type.empty() ? "alert." + state : type;
    std::vector<OutboxMessage> messages;
    for (const auto& webhook : webhooks) {
      messages.push_back({id + "." + std::to_string(sequence), webhook, row.type, id,
                          R"({"data":{"sequence":)" + std::to_string(sequence) + "}}", now});
    }
    write([&] { AlertWriter(connection, {}).record(row, messages, now); });
  }

  template <class Change>
  void write(const Change& change) {
    Transaction transaction(connection);
    change();
    transaction.commit();
  }

  void attempt(std::int64_t number, const std::string& outcome, TimePoint at, std::optional<TimePoint> next = {}) {
    write([&] { outbox.record_attempt(number, {at, outcome == "delivered" ? 200 : 503, "", outcome, next, 12}); });
  }

  std::vector<std::string> due(const std::string& webhook, TimePoint now) {
    std::vector<std::string> ids;
    for (const auto& row : outbox.due(webhook, now, 100)) ids.push_back(row.message.id);
    return ids;
  }
};

using Ids = std::vector<std::string>;

}  // namespace storage_test
