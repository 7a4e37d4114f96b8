// Tested by tests/storage/alert/alert_reader_test.cpp
#include "storage/alert/alert_writer.hpp"

#include <stdexcept>

#include "storage/alert/alert_event.hpp"
#include "storage/alert/events.hpp"
#include "storage/clock.hpp"

namespace tapewatch::storage {

namespace {

std::int64_t store_alert(Connection& connection, const AlertRow& row, std::int64_t seq, TimePoint now) {
  auto upsert = connection.prepare(
      "INSERT INTO alert (id, rule, severity, state, key, measure, evidence, labels, started_at, updated_at, ended_at, "
      "sequence, late, type, reason, runbook_url, model_version, config_version, opened_seq, seq, stored_at, "
      "suppressed_by) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?19, ?20, ?21) "
      "ON CONFLICT (id) DO UPDATE SET severity = ?3, state = ?4, key = ?5, measure = ?6, evidence = ?7, labels = ?8, "
      "started_at = ?9, updated_at = ?10, ended_at = ?11, sequence = ?12, late = ?13, type = ?14, reason = ?15, "
      "runbook_url = ?16, model_version = ?17, "
      "config_version = ?18, seq = ?19, suppressed_by = ?21 RETURNING number");
  upsert.bind_all(row.id, row.rule, row.severity, row.state, row.key_json, row.measure, row.evidence_json,
                  row.labels_json, row.started_at, row.updated_at, row.ended_at, row.sequence, row.late, row.type,
                  row.reason, row.runbook_url, row.model_version, row.config_version, seq, now, row.suppressed_by);
  upsert.step();
  const std::int64_t number = upsert.integer(0);
  upsert.run();
  return number;
}

}  // namespace

std::int64_t AlertWriter::record(const AlertRow& row, std::span<const OutboxMessage> messages, TimePoint now) {
  const std::int64_t seq = Clock(connection_).advance(std::nullopt).seq;
  const std::int64_t number = store_alert(connection_, row, seq, now);
  connection_
      .prepare(
          "INSERT INTO alert_transition (alert, sequence, seq, type, state, severity, evidence, reason, started_at, "
          "updated_at, ended_at, late, model_version, config_version, stored_at, suppressed_by) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .bind_all(number, row.sequence, seq, row.type, row.state, row.severity, row.evidence_json, row.reason,
                row.started_at, row.updated_at, row.ended_at, row.late, row.model_version, row.config_version, now,
                row.suppressed_by)
      .run();
  EventWriter(connection_, options_).append("alert", alert_event(row, seq), now);
  Outbox outbox(connection_);
  for (const auto& message : messages) outbox.enqueue(message, now);
  return seq;
}

void AlertWriter::record_turn(const AlertRow& row, TimePoint now) {
  auto update = connection_.prepare("UPDATE alert SET severity = ?2, suppressed_by = ?3 WHERE id = ?1 RETURNING seq");
  update.bind_all(row.id, row.severity, row.suppressed_by);
  if (!update.step()) throw std::invalid_argument("there is no alert " + row.id);
  const std::int64_t seq = update.integer(0);
  update.run();
  EventWriter(connection_, options_).append("alert", alert_event(row, seq), now);
}

}  // namespace tapewatch::storage
