// Tested by tests/e2e/daemon/clock_test.py
#include "storage/document/sequence_export.hpp"

#include "config/notation/json_writer.hpp"
#include "storage/connection/transaction.hpp"
#include "storage/document/backfill.hpp"
#include "storage/document/metadata_table.hpp"

namespace tapewatch::storage {

namespace {

/// Kinds: 0 a document as it arrived, 1 a later revision, 2 a tick, 3 a re-anchoring, 4 a removal.
constexpr const char* kSequenceSql =
    "SELECT id AS seq, 0 AS kind, id AS document, NULL AS since, NULL AS till FROM document WHERE "
    "removed IS NULL UNION ALL SELECT r.seq, 1, r.document, NULL, NULL FROM document_revision r JOIN document d ON "
    "d.id "
    "= r.document WHERE r.revision > 1 AND d.removed IS NULL "
    "UNION ALL SELECT seq, 1, id, NULL, NULL FROM document WHERE revision > 1 AND removed IS NULL "
    "UNION ALL SELECT seq, 2, NULL, at, NULL FROM tick "
    "UNION ALL SELECT seq, 3, NULL, from_time, to_time FROM reanchoring "
    "UNION ALL SELECT seq, 4, NULL, NULL, NULL FROM removal ORDER BY 1";

/// What the source has named by the row `seq`.
void add_named(Connection& connection, std::int64_t document, std::int64_t seq, notation::JsonWriter& json) {
  auto read = connection.prepare(
      "SELECT e.id FROM document_entity d JOIN entity e ON e.key = d.entity WHERE d.document = ? AND d.start = 0 AND "
      "d.end = 0 AND coalesce(d.vote_seq, 0) <= ? ORDER BY e.id");
  read.bind_all(document, seq);
  json.key("entities").begin_array();
  while (read.step()) json.value(read.text(0));
  json.end_array();
}

std::string document_line(Connection& connection, std::int64_t document, std::int64_t seq) {
  auto read = connection.prepare(
      "SELECT s.id, d.external_id, coalesce(r.title, d.title), coalesce(r.body, d.body), d.url, d.language, "
      "coalesce(w.published_at, d.published_at), coalesce(w.received_at, d.received_at), d.published_from, "
      "d.published_clamped, " +
      std::string(kBackfilledSql) +
      " FROM document d JOIN source s ON s.key = d.source "
      "LEFT JOIN document_revision r ON r.document = d.id AND r.seq = ?2 LEFT JOIN restamped w ON w.document = d.id "
      "WHERE d.id = ?1");
  read.bind_all(document, seq);
  read.step();
  notation::JsonWriter json;
  json.begin_object().field("seq", seq).field("source", read.text(0)).field("id", read.text(1));
  json.field("title", read.text(2)).field("body", read.text(3)).field("url", read.text(4));
  if (!read.view(5).empty()) json.field("language", read.text(5));
  add_named(connection, document, seq, json);
  if (const auto metadata = MetadataTable(connection).of(document); !metadata.empty()) {
    append_metadata(json.key("meta"), metadata);
  }
  json.field("published_at", read.time(6)).field("received_at", read.time(7)).field("dated_by", read.text(8));
  json.field("clamped", read.flag(9));
  if (!read.is_null(10) && read.flag(10)) json.field("backfilled", true);
  json.field("action", "insert");
  return json.end_object().take();
}

std::string removal_line(Connection& connection, std::int64_t seq) {
  auto read = connection.prepare(
      "SELECT s.id, r.external_id, r.source_revision, r.removed_at FROM removal r JOIN source s ON s.key = r.source "
      "WHERE r.seq = ?");
  read.bind(1, seq).step();
  notation::JsonWriter json;
  json.begin_object().field("seq", seq).key("removed").begin_object();
  json.field("source", read.text(0)).field("id", read.text(1)).field("revision", read.optional_integer(2));
  return json.field("at", read.time(3)).end_object().end_object().take();
}

}  // namespace

void export_sequence(Connection& connection, const std::function<void(const std::string& line)>& write) {
  const ReadTransaction snapshot(connection);
  auto read = connection.prepare(kSequenceSql);
  while (read.step()) {
    const std::int64_t seq = read.integer(0), kind = read.integer(1);
    if (kind <= 1) {
      write(document_line(connection, read.integer(2), seq));
      continue;
    }
    if (kind == 4) {
      write(removal_line(connection, seq));
      continue;
    }
    notation::JsonWriter json;
    json.begin_object().field("seq", seq);
    if (kind == 2) {
      json.field("tick", read.time(3));
    } else {
      json.key("reanchored").begin_object().field("from", read.time(3)).field("to", read.time(4)).end_object();
    }
    write(json.end_object().take());
  }
}

}  // namespace tapewatch::storage
