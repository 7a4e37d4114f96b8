// Tested by tests/storage/alert/outbox_test.cpp
// Webhooks that are switched off, and who is told in their place.
#include "storage/alert/outbox.hpp"

namespace tapewatch::storage {
namespace {

/// Copies rows `o` to the webhook ?2 at the time ?3; which rows, follows. Of what that one is not told of yet: two
/// messages about the same step of an alert differ in nothing but their webhook.
std::string copy_rows(std::string_view which) {
  return "INSERT INTO outbox (message_id, webhook, type, alert_id, body, created_at, next_attempt_at, instead_of, "
         "state) "
         "SELECT o.message_id, ?2, o.type, o.alert_id, o.body, o.created_at, ?3, o.webhook, "
         "CASE WHEN EXISTS (SELECT 1 FROM webhook_off WHERE webhook = ?2) THEN 'disabled' ELSE 'pending' END "
         "FROM outbox o WHERE " +
         std::string(which) +
         " AND o.type IN ('alert.firing', 'alert.resolved', 'digest') AND NOT EXISTS (SELECT 1 FROM outbox t WHERE "
         "t.webhook = ?2 AND t.alert_id = o.alert_id AND (t.message_id = o.message_id OR (o.alert_id <> '' AND t.type "
         "= "
         "o.type AND json_extract(t.body, '$.data.sequence') IS json_extract(o.body, '$.data.sequence')))) "
         "ORDER BY o.number";
}

}  // namespace

std::string Outbox::stand_in(std::string webhook) const {
  constexpr int kLongestChain = 8;  // webhooks may stand in for each other
  auto read = connection_.prepare("SELECT fallback FROM webhook_off WHERE webhook = ?");
  for (int steps = 0; steps < kLongestChain; ++steps) {
    read.bind(1, webhook);
    if (!read.step()) return steps == 0 ? std::string() : webhook;
    webhook = read.text(0);
    read.reset();
    if (webhook.empty()) break;
  }
  return "";
}

void Outbox::pass_on(std::int64_t number, std::string_view fallback, TimePoint now) {
  const std::string other = stand_in(std::string(fallback));
  connection_.prepare(copy_rows("o.number = ?1"))
      .bind_all(number, other.empty() ? std::string_view(fallback) : other, now)
      .run();
}

void Outbox::pass_on_end(std::int64_t number, const OutboxMessage& resolved, TimePoint now) {
  auto read = connection_.prepare(
      "SELECT DISTINCT webhook FROM outbox WHERE alert_id = ? AND instead_of = ? AND type = 'alert.firing'");
  read.bind_all(resolved.alert_id, resolved.webhook);
  std::vector<std::string> told;
  while (read.step()) told.push_back(read.text(0));
  for (const std::string& webhook : told) pass_on(number, webhook, now);
}

void Outbox::disable(std::string_view webhook, std::string_view reason, std::string_view fallback, TimePoint now) {
  connection_
      .prepare(
          "INSERT INTO webhook_off (webhook, at, reason, fallback) VALUES (?1, ?2, ?3, ?4) "
          "ON CONFLICT DO UPDATE SET at = ?2, reason = ?3, fallback = ?4")
      .bind_all(webhook, now, reason, fallback)
      .run();
  if (const std::string other = stand_in(std::string(webhook)); !other.empty()) {
    connection_.prepare(copy_rows("o.webhook = ?1 AND o.state = 'pending'")).bind_all(webhook, other, now).run();
  }
  connection_.prepare("UPDATE outbox SET state = 'disabled' WHERE webhook = ? AND state = 'pending'")
      .bind(1, webhook)
      .run();
}

void Outbox::set_fallback(std::string_view webhook, std::string_view fallback) {
  connection_.prepare("UPDATE webhook_off SET fallback = ?2 WHERE webhook = ?1").bind_all(webhook, fallback).run();
}

void Outbox::enable(std::string_view webhook, TimePoint now) {
  connection_.prepare("DELETE FROM webhook_off WHERE webhook = ?").bind(1, webhook).run();
  connection_
      .prepare("UPDATE outbox SET state = 'pending', next_attempt_at = ?2 WHERE webhook = ?1 AND state = 'disabled'")
      .bind_all(webhook, now)
      .run();
}

}  // namespace tapewatch::storage
