#include "storage/alert/notices.hpp"

#include "config/notation/json_writer.hpp"

namespace tapewatch::storage {

namespace {

std::string webhook_list(const std::set<std::string>& webhooks) {
  notation::JsonWriter json;
  json.begin_array();
  for (const std::string& webhook : webhooks) json.value(webhook);
  return json.end_array().take();
}

std::set<std::string> webhooks_in(Connection& connection, const std::string& list) {
  auto read = connection.prepare("SELECT value FROM json_each(?)");
  read.bind(1, list);
  std::set<std::string> webhooks;
  while (read.step()) webhooks.insert(read.text(0));
  return webhooks;
}

}  // namespace

std::vector<NoticeRow> Notices::open() const {
  auto read = connection_.prepare(
      "SELECT n.alert, n.rule, n.update_held, n.told, n.announced_at, n.announced_time, n.told_at, n.repeats, "
      "n.raised_to, n.digest, a.severity, a.key, a.labels, a.suppressed_by FROM notice n JOIN alert a ON a.id = "
      "n.alert "
      "WHERE n.open = 1 ORDER BY n.alert");
  std::vector<NoticeRow> rows;
  std::vector<std::string> told;
  while (read.step()) {
    NoticeRow row;
    row.alert_id = read.text(0);
    row.rule = read.text(1);
    row.update_held = read.flag(2);
    told.push_back(read.text(3));
    row.announced_at = read.optional_time(4);
    row.announced_time = read.optional_time(5);
    row.told_at = read.optional_time(6);
    row.repeats = read.integer(7);
    row.raised_to = read.text(8);
    row.digest = read.optional_integer(9);
    row.severity = read.text(10);
    row.key_json = read.text(11);
    row.labels_json = read.text(12);
    row.suppressed_by = read.text(13);
    rows.push_back(std::move(row));
  }
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].told = webhooks_in(connection_, told[i]);
  return rows;
}

void Notices::save(const NoticeRow& row) {
  connection_
      .prepare(
          "INSERT INTO notice (alert, rule, open, update_held, told, announced_at, announced_time, told_at, repeats, "
          "raised_to, digest) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT (alert) DO UPDATE SET "
          "open = ?3, update_held = ?4, told = ?5, announced_at = ?6, announced_time = ?7, told_at = ?8, repeats = ?9, "
          "raised_to = ?10, digest = coalesce(?11, digest)")
      .bind_all(row.alert_id, row.rule, row.open, row.update_held, webhook_list(row.told), row.announced_at,
                row.announced_time, row.told_at, row.repeats, row.raised_to, row.digest)
      .run();
}

std::size_t Notices::announced(std::string_view rule, TimePoint after, TimePoint until) const {
  auto read = connection_.prepare(
      "SELECT count(*) FROM notice WHERE rule = ?1 AND announced_time > ?2 AND announced_time <= ?3");
  read.bind_all(rule, after, until);
  return read.step() ? static_cast<std::size_t>(read.integer(0)) : 0;
}

bool Notices::is_acknowledged(std::string_view alert_id) const {
  auto read = connection_.prepare(
      "SELECT 1 FROM alert a WHERE a.id = ? AND EXISTS (SELECT 1 FROM acknowledgement k WHERE k.alert = a.number)");
  return read.bind(1, alert_id).step();
}

std::int64_t Notices::digest_of(std::string_view rule, TimePoint since, TimePoint until) {
  connection_.prepare("INSERT INTO digest (rule, since, until) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")
      .bind_all(rule, since, until)
      .run();
  auto read = connection_.prepare("SELECT number FROM digest WHERE rule = ? AND sent_at IS NULL");
  read.bind(1, rule).step();
  return read.integer(0);
}

std::vector<DigestRow> Notices::digests() const {
  auto read =
      connection_.prepare("SELECT number, rule, since, until FROM digest WHERE sent_at IS NULL ORDER BY number");
  std::vector<DigestRow> rows;
  while (read.step()) rows.push_back({read.integer(0), read.text(1), read.time(2), read.time(3)});
  return rows;
}

std::vector<AlertRow> Notices::digested(std::int64_t number) const {
  auto read = connection_.prepare(
      "SELECT a.id, a.rule, a.severity, a.state, a.key, a.labels, a.evidence, a.started_at, a.updated_at, a.ended_at "
      "FROM notice n JOIN alert a ON a.id = n.alert WHERE n.digest = ? ORDER BY a.started_at, a.number");
  read.bind(1, number);
  std::vector<AlertRow> rows;
  while (read.step()) {
    AlertRow row;
    row.id = read.text(0);
    row.rule = read.text(1);
    row.severity = read.text(2);
    row.state = read.text(3);
    row.key_json = read.text(4);
    row.labels_json = read.text(5);
    row.evidence_json = read.text(6);
    row.started_at = read.time(7);
    row.updated_at = read.time(8);
    row.ended_at = read.optional_time(9);
    rows.push_back(std::move(row));
  }
  return rows;
}

void Notices::digest_sent(std::int64_t number, TimePoint at) {
  connection_.prepare("UPDATE digest SET sent_at = ?2 WHERE number = ?1").bind_all(number, at).run();
}

}  // namespace tapewatch::storage
