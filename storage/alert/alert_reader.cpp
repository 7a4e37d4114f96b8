#include "storage/alert/alert_reader.hpp"

#include <algorithm>
#include <stdexcept>

#include "storage/connection/query_builder.hpp"
#include "storage/connection/transaction.hpp"
#include "storage/document/page_cursor.hpp"

namespace tapewatch::storage {

namespace {

const std::string select_alert =
    "SELECT id, rule, severity, state, key, measure, evidence, started_at, updated_at, ended_at, sequence, late, type, "
    "reason, labels, runbook_url, model_version, config_version, seq, stored_at, opened_seq, number, "
    "suppressed_by FROM alert ";

StoredAlert alert_of(const Statement& read) {
  StoredAlert alert;
  alert.row = {read.text(0),  read.text(1),  read.text(2),  read.text(3),          read.text(4),     read.text(5),
               read.text(6),  read.time(7),  read.time(8),  read.optional_time(9), read.integer(10), read.flag(11),
               read.text(12), read.text(13), read.text(14), read.text(15),         read.text(16),    read.text(17)};
  alert.seq = read.integer(18);
  alert.stored_at = read.time(19);
  alert.opened_seq = read.integer(20);
  alert.row.suppressed_by = read.text(22);
  return alert;
}

std::vector<StoredTransition> transitions_of(Connection& connection, std::int64_t number, const AlertRow& alert) {
  auto read = connection.prepare(
      "SELECT severity, state, evidence, started_at, updated_at, ended_at, sequence, late, type, reason, "
      "model_version, "
      "config_version, seq, stored_at, suppressed_by FROM alert_transition WHERE alert = ? ORDER BY sequence");
  read.bind(1, number);
  std::vector<StoredTransition> rows;
  while (read.step()) {
    StoredTransition transition{alert, read.integer(12), read.time(13)};  // rule, key and the like are the alert's
    auto& row = transition.row;
    row.severity = read.text(0);
    row.state = read.text(1);
    row.evidence_json = read.text(2);
    row.started_at = read.time(3);
    row.updated_at = read.time(4);
    row.ended_at = read.optional_time(5);
    row.sequence = read.integer(6);
    row.late = read.flag(7);
    row.type = read.text(8);
    row.reason = read.text(9);
    row.model_version = read.text(10);
    row.config_version = read.text(11);
    row.suppressed_by = read.text(14);
    rows.push_back(std::move(transition));
  }
  return rows;
}

void add_texts(QueryBuilder& where, const std::string& column, const std::vector<std::string>& values) {
  if (values.empty()) return;
  where.where(column + " IN " + marks(values.size()), {values.begin(), values.end()});
}

}  // namespace

AlertPage AlertReader::list(const AlertQuery& query) const {
  Fingerprint print;
  print.add("alerts");
  for (const auto* list :
       {&query.states, &query.rules, &query.severities, &query.topics, &query.entities, &query.sources}) {
    print.add(static_cast<std::int64_t>(list->size()));
    for (const auto& value : *list) print.add(value);
  }
  print.add(query.key_json);
  QueryBuilder where;
  add_texts(where, "state", query.states);
  add_texts(where, "rule", query.rules);
  add_texts(where, "severity", query.severities);
  add_texts(where, "json_extract(key, '$.topic')", query.topics);
  add_texts(where, "json_extract(key, '$.entity')", query.entities);
  add_texts(where, "json_extract(key, '$.source')", query.sources);
  if (!query.key_json.empty()) add_texts(where, "key", {query.key_json});
  if (query.to) where.where("started_at < ?", {to_ms(*query.to)});
  if (query.from) where.where("(ended_at IS NULL OR ended_at >= ?)", {to_ms(*query.from)});
  if (!query.cursor.empty()) {
    const auto cursor = decode_cursor(query.cursor, print.value());
    if (!cursor) throw std::invalid_argument("the cursor belongs to another query; start again without it");
    where.where("(started_at, number) < (?, ?)", {cursor->key, cursor->id});
  }
  const std::size_t limit = std::clamp<std::size_t>(query.limit, 1, 1'000);
  auto read = connection_.prepare(select_alert + "WHERE 1" + where.conditions() +
                                  " ORDER BY started_at DESC, number DESC LIMIT ?");
  read.bind(where.bind(read), limit + 1);
  AlertPage page;
  std::int64_t last = 0;
  while (read.step()) {
    if (page.items.size() == limit) {
      page.next_cursor = encode_cursor({to_ms(page.items.back().row.started_at), last, print.value()});
      break;
    }
    page.items.push_back(alert_of(read));
    last = read.integer(21);
  }
  const Acknowledgements acknowledgements(connection_);
  for (auto& item : page.items) item.acknowledgement = acknowledgements.latest(item.row.id);
  return page;
}

std::optional<StoredAlert> AlertReader::find(std::string_view id) const {
  auto read = connection_.prepare(select_alert + "WHERE id = ?");
  if (!read.bind(1, id).step()) return std::nullopt;
  StoredAlert alert = alert_of(read);
  alert.acknowledgement = Acknowledgements(connection_).latest(id);
  return alert;
}

std::optional<AlertDetail> AlertReader::get(std::string_view id) const {
  const ReadTransaction snapshot(connection_);
  auto read = connection_.prepare(select_alert + "WHERE id = ?");
  if (!read.bind(1, id).step()) return std::nullopt;
  AlertDetail detail;
  detail.alert = alert_of(read);
  detail.transitions = transitions_of(connection_, read.integer(21), detail.alert.row);
  const Acknowledgements acknowledgements(connection_);
  detail.alert.acknowledgement = acknowledgements.latest(id);
  detail.acknowledgements = acknowledgements.of(id);
  detail.deliveries = Outbox(connection_).list({.alert_id = std::string(id), .limit = 1'000}).items;
  std::reverse(detail.deliveries.begin(), detail.deliveries.end());
  return detail;
}

std::vector<StoredAlert> AlertReader::open_or_since(std::int64_t seq) const {
  auto read = connection_.prepare(select_alert + "WHERE state <> 'resolved' OR seq > ? ORDER BY opened_seq");
  read.bind(1, seq);
  std::vector<StoredAlert> alerts;
  while (read.step()) alerts.push_back(alert_of(read));
  return alerts;
}

std::vector<AlertCount> AlertReader::counts() const {
  auto read = connection_.prepare("SELECT rule, state, count(*) FROM alert GROUP BY rule, state ORDER BY rule, state");
  std::vector<AlertCount> rows;
  while (read.step()) rows.push_back({read.text(0), read.text(1), read.integer(2)});
  return rows;
}

std::int64_t AlertReader::fired_since(std::string_view rule, TimePoint from) const {
  auto read = connection_.prepare(
      "SELECT count(*) FROM alert a WHERE a.started_at >= ? AND a.rule = ? AND a.late = 0 AND EXISTS "
      "(SELECT 1 FROM alert_transition t WHERE t.alert = a.number AND t.type = 'alert.firing')");
  read.bind(1, to_ms(from)).bind(2, rule);
  return read.step() ? read.integer(0) : 0;
}

}  // namespace tapewatch::storage
