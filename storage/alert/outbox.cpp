#include "storage/alert/outbox.hpp"

#include <algorithm>
#include <stdexcept>

#include "storage/connection/query_builder.hpp"
#include "storage/document/page_cursor.hpp"
#include "storage/mark.hpp"

namespace tapewatch::storage {

namespace {

/// A query over outbox rows `o`; `tail` follows the list of columns.
std::string select(std::string_view tail) {
  return "SELECT o.number, o.message_id, o.webhook, o.type, o.alert_id, o.body, o.created_at, o.state, o.attempts, "
         "o.first_attempt_at, o.last_attempt_at, o.next_attempt_at, o.last_status, o.last_error " +
         std::string(tail);
}

/// Those that wait behind an earlier message of their alert are `blocked`: the triggers of the table see to it.
std::string pending_and_first(std::string_view webhook) {
  // Only a plain comparison finds its way through the index: thousands may be pending.
  return (webhook.empty() ? "?1 = ''" : "o.webhook = ?1") + std::string(" AND o.state = 'pending' AND o.blocked = 0");
}

OutboxRow row_of(const Statement& read) {
  OutboxRow row;
  row.number = read.integer(0);
  row.message = {read.text(1), read.text(2), read.text(3), read.text(4), read.text(5), read.time(6)};
  row.state = read.text(7);
  row.attempts = static_cast<unsigned>(read.integer(8));
  row.first_attempt_at = read.optional_time(9);
  row.last_attempt_at = read.optional_time(10);
  row.next_attempt_at = read.time(11);
  row.last_status = static_cast<int>(read.integer(12));
  row.last_error = read.text(13);
  return row;
}

std::vector<OutboxRow> deliveries_of(Statement& read) {
  std::vector<OutboxRow> rows;
  while (read.step()) rows.push_back(row_of(read));
  return rows;
}

std::string heartbeat_mark(std::string_view webhook) { return "heartbeat/" + std::string(webhook); }

std::string_view state_after(const Attempt& attempt) {
  if (attempt.outcome == "retry") return "pending";
  if (attempt.outcome == "delivered" || attempt.outcome == "exhausted" || attempt.outcome == "disabled") {
    return attempt.outcome;
  }
  throw std::invalid_argument("unknown outcome \"" + attempt.outcome + "\" of a delivery");
}

}  // namespace

std::vector<OutboxRow> Outbox::due(std::string_view webhook, TimePoint now, std::size_t limit) const {
  auto read =
      connection_.prepare(select("FROM outbox o WHERE o.next_attempt_at <= ?2 AND " + pending_and_first(webhook) +
                                 " ORDER BY o.next_attempt_at, o.number LIMIT ?3"));
  read.bind(1, webhook).bind(2, now).bind(3, limit);
  return deliveries_of(read);
}

std::optional<TimePoint> Outbox::next_due(std::string_view webhook) const {
  auto read = connection_.prepare("SELECT min(o.next_attempt_at) FROM outbox o WHERE " + pending_and_first(webhook));
  read.bind(1, webhook);
  return read.step() ? read.optional_time(0) : std::nullopt;
}

std::optional<OutboxRow> Outbox::find(std::int64_t number) const {
  auto read = connection_.prepare(select("FROM outbox o WHERE o.number = ?"));
  read.bind(1, number);
  return read.step() ? std::optional(row_of(read)) : std::nullopt;
}

std::vector<DeliveryAttempt> Outbox::attempts(std::int64_t number) const {
  auto read = connection_.prepare(
      "SELECT attempt, at, status, error, outcome, next_attempt_at, duration_ms FROM delivery_attempt WHERE outbox = ? "
      "ORDER BY attempt");
  read.bind(1, number);
  std::vector<DeliveryAttempt> rows;
  while (read.step()) {
    rows.push_back({number,
                    static_cast<unsigned>(read.integer(0)),
                    {read.time(1), static_cast<int>(read.integer(2)), read.text(3), read.text(4), read.optional_time(5),
                     read.integer(6)}});
  }
  return rows;
}

DeliveryPage Outbox::list(const DeliveryQuery& query) const {
  const auto fingerprint =
      Fingerprint().add("deliveries").add(query.webhook).add(query.state).add(query.alert_id).value();
  QueryBuilder where;
  if (!query.webhook.empty()) where.where("o.webhook = ?", {query.webhook});
  if (!query.state.empty()) where.where("o.state = ?", {query.state});
  if (!query.alert_id.empty()) where.where("o.alert_id = ?", {query.alert_id});
  if (!query.cursor.empty()) {
    const auto cursor = decode_cursor(query.cursor, fingerprint);
    if (!cursor) throw std::invalid_argument("the cursor belongs to another query; start again without it");
    where.where("o.number < ?", {cursor->id});
  }
  const std::size_t limit = std::clamp<std::size_t>(query.limit, 1, 1'000);
  auto read =
      connection_.prepare(select("FROM outbox o WHERE 1" + where.conditions() + " ORDER BY o.number DESC LIMIT ?"));
  read.bind(where.bind(read), limit + 1);
  DeliveryPage page{deliveries_of(read), std::nullopt};
  if (page.items.size() > limit) {
    page.items.pop_back();
    page.next_cursor = encode_cursor({0, page.items.back().number, fingerprint});
  }
  return page;
}

std::vector<OutboxCount> Outbox::counts() const {
  auto read = connection_.prepare(
      "SELECT webhook, count(*), min(created_at) FROM outbox WHERE state = 'pending' GROUP BY webhook ORDER BY "
      "webhook");
  std::vector<OutboxCount> rows;
  while (read.step()) rows.push_back({read.text(0), read.integer(1), read.optional_time(2)});
  return rows;
}

std::vector<MissedAlert> Outbox::missed(std::string_view webhook, std::size_t limit, std::string_view alert_id) const {
  // From the few that are pending to the firings before them: CROSS JOIN keeps that order.
  auto read = connection_.prepare(
      select(", f.attempts FROM outbox o CROSS JOIN outbox f ON f.alert_id = o.alert_id AND f.webhook = o.webhook "
             "AND f.number < o.number AND f.type = 'alert.firing' AND f.state NOT IN ('delivered', 'superseded') "
             "AND NOT EXISTS (SELECT 1 FROM outbox d WHERE d.alert_id = o.alert_id AND d.webhook = o.webhook AND "
             "d.type = 'alert.firing' AND d.state = 'delivered') "
             "WHERE o.state = 'pending' AND o.type = 'alert.resolved' AND o.alert_id <> '' AND " +
             std::string(alert_id.empty() ? "?3 = ''" : "o.alert_id = ?3") +
             " AND (?1 = '' OR o.webhook = ?1) ORDER BY f.number LIMIT ?2"));
  read.bind(1, webhook).bind(2, limit).bind(3, alert_id);
  std::vector<MissedAlert> rows;
  while (read.step()) {
    OutboxRow resolved = row_of(read);
    rows.push_back({resolved.number, std::move(resolved.message), static_cast<unsigned>(read.integer(14))});
  }
  return rows;
}

bool Outbox::is_waiting(std::string_view alert_id, std::string_view webhook) const {
  auto read = connection_.prepare(
      "SELECT 1 FROM outbox WHERE alert_id = ? AND webhook = ? AND state IN ('pending', 'disabled') LIMIT 1");
  return read.bind(1, alert_id).bind(2, webhook).step();
}

std::vector<ActiveMessage> Outbox::active(std::string_view webhook, std::size_t limit, std::int64_t below) const {
  auto read = connection_.prepare(
      "SELECT o.number, o.body FROM alert a JOIN outbox o ON o.number = "
      "(SELECT max(number) FROM outbox WHERE alert_id = a.id AND webhook = ?1) "
      "WHERE a.state = 'firing' AND o.number < ?3 AND NOT EXISTS (SELECT 1 FROM webhook_off WHERE webhook = ?1) "
      "ORDER BY o.number DESC LIMIT ?2");
  read.bind(1, webhook).bind(2, limit).bind(3, below);
  std::vector<ActiveMessage> messages;
  while (read.step()) messages.push_back({read.integer(0), read.text(1)});
  return messages;
}

std::optional<TimePoint> Outbox::last_heartbeat(std::string_view webhook) const {
  const auto mark = read_mark(connection_, heartbeat_mark(webhook));
  return mark ? std::optional(TimePoint(std::chrono::milliseconds(*mark))) : std::nullopt;
}

std::optional<std::string> Outbox::disabled_reason(std::string_view webhook) const {
  auto read = connection_.prepare("SELECT reason FROM webhook_off WHERE webhook = ?");
  read.bind(1, webhook);
  return read.step() ? std::optional(read.text(0)) : std::nullopt;
}

std::int64_t Outbox::insert(const OutboxMessage& message, TimePoint now) {
  auto write = connection_.prepare(
      "INSERT INTO outbox (message_id, webhook, type, alert_id, body, created_at, next_attempt_at, state) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, "
      "CASE WHEN EXISTS (SELECT 1 FROM webhook_off WHERE webhook = ?2) THEN 'disabled' ELSE 'pending' END) "
      "RETURNING number");
  write.bind_all(message.id, message.webhook, message.type, message.alert_id, message.body, message.created_at, now);
  write.step();
  const std::int64_t number = write.integer(0);
  write.run();
  return number;
}

std::int64_t Outbox::enqueue(const OutboxMessage& message, TimePoint now) {
  const std::int64_t number = insert(message, now);
  if (const std::string other = stand_in(message.webhook); !other.empty()) pass_on(number, other, now);
  if (message.type == "alert.resolved") pass_on_end(number, message, now);
  return number;
}

void Outbox::enqueue_heartbeat(const OutboxMessage& message, TimePoint now) {
  connection_
      .prepare("UPDATE outbox SET state = 'superseded' WHERE webhook = ? AND type = 'heartbeat' AND state = 'pending'")
      .bind(1, message.webhook)
      .run();
  insert(message, now);
  raise_mark(connection_, heartbeat_mark(message.webhook), message.created_at.time_since_epoch().count());
}

void Outbox::record_attempt(std::int64_t number, const Attempt& attempt) {
  const std::string_view state = state_after(attempt);
  auto update = connection_.prepare(
      "UPDATE outbox SET attempts = attempts + 1, first_attempt_at = coalesce(first_attempt_at, ?2), last_attempt_at = "
      "?2, "
      "last_status = ?3, last_error = ?4, "
      // A message superseded or disabled during the attempt stays so, unless it was delivered.
      "state = CASE WHEN state = 'pending' OR ?5 = 'delivered' THEN ?5 ELSE state END, "
      "next_attempt_at = coalesce(?6, next_attempt_at) WHERE number = ?1 RETURNING attempts");
  update.bind_all(number, attempt.at, static_cast<std::int64_t>(attempt.status), attempt.error, state,
                  attempt.next_attempt_at);
  if (!update.step()) throw std::invalid_argument("there is no delivery " + std::to_string(number));
  const std::int64_t count = update.integer(0);
  update.run();
  connection_
      .prepare(
          "INSERT INTO delivery_attempt (outbox, attempt, at, status, error, outcome, next_attempt_at, duration_ms) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
      .bind_all(number, count, attempt.at, static_cast<std::int64_t>(attempt.status), attempt.error, attempt.outcome,
                attempt.next_attempt_at, attempt.duration_ms)
      .run();
}

std::int64_t Outbox::flush(std::string_view webhook, TimePoint now) {
  connection_
      .prepare(
          "UPDATE outbox SET next_attempt_at = ?2 WHERE webhook = ?1 AND state = 'pending' AND next_attempt_at > ?2")
      .bind_all(webhook, now)
      .run();
  return connection_.changes();
}

void Outbox::drop_repeats(std::string_view alert_id) {
  connection_
      .prepare(
          "UPDATE outbox SET state = 'superseded' WHERE alert_id = ? AND type = 'alert.firing' AND state IN "
          "('pending', "
          "'disabled') AND EXISTS (SELECT 1 FROM outbox d WHERE d.alert_id = outbox.alert_id AND d.webhook = "
          "outbox.webhook AND d.type = 'alert.firing' AND d.state = 'delivered')")
      .bind(1, alert_id)
      .run();
}

void Outbox::supersede(std::int64_t resolved_number, std::string_view body, TimePoint now) {
  connection_
      .prepare(
          "UPDATE outbox SET state = 'superseded' WHERE state IN ('pending', 'exhausted', 'disabled') AND number < ?1 "
          "AND alert_id <> '' AND "
          "(alert_id, webhook) = "
          "(SELECT alert_id, webhook FROM outbox WHERE number = ?1)")
      .bind(1, resolved_number)
      .run();
  connection_
      .prepare(
          "UPDATE outbox SET body = ?2, next_attempt_at = min(next_attempt_at, ?3) WHERE number = ?1 AND state = "
          "'pending'")
      .bind_all(resolved_number, body, now)
      .run();
}

bool Outbox::retry(std::int64_t number, TimePoint now) {
  connection_
      .prepare(
          "UPDATE outbox SET state = 'pending', next_attempt_at = ?2, first_attempt_at = NULL "
          "WHERE number = ?1 AND state IN ('exhausted', 'disabled')")
      .bind_all(number, now)
      .run();
  return connection_.changes() > 0;
}

}  // namespace tapewatch::storage
