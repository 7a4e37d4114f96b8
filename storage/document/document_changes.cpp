// Tested by tests/storage/document/document_removal_test.cpp
#include "storage/document/document_changes.hpp"

#include <fmt/format.h>

namespace tapewatch::storage {

namespace {

/// Conditions on removals r.
QueryBuilder removal_conditions(Connection& connection, const DocumentQuery& query) {
  QueryBuilder where;
  if (query.from) where.where("r.at >= ?", {to_ms(*query.from)});
  if (query.to) where.where("r.at < ?", {to_ms(*query.to)});
  if (!query.sources.empty()) where.where("r.source IN " + key_list(connection, "source", query.sources));
  if (!query.source_ids.empty()) {
    where.where("r.external_id IN " + marks(query.source_ids.size()),
                std::vector<QueryBuilder::Value>(query.source_ids.begin(), query.source_ids.end()));
  }
  const bool of_content =
      !query.q.empty() || !query.metadata.empty() || query.story_id || query.min_sentiment || query.max_sentiment;
  if (of_content) where.where("0");
  return where;
}

}  // namespace

// Arrivals by primary key, revisions and removals by their own indexes.
std::vector<KeyAndId> find_changes(Connection& connection, const DocumentQuery& query, const QueryBuilder& where,
                                   std::int64_t after, std::size_t limit) {
  const QueryBuilder of_removals = removal_conditions(connection, query);
  auto read = connection.prepare(fmt::format(
      "SELECT * FROM (SELECT d.id AS seq, d.id FROM document d WHERE d.id > ? AND d.revision = 1 AND d.removed IS NULL"
      "{0} ORDER BY 1 LIMIT ?) "
      "UNION ALL SELECT * FROM (SELECT d.seq, d.id FROM document d WHERE d.seq > ? AND d.revision > 1 AND d.removed IS "
      "NULL{0} ORDER BY 1 LIMIT ?) "
      "UNION ALL SELECT * FROM (SELECT d.removed, d.id FROM document d WHERE d.removed > ?{0} ORDER BY 1 LIMIT ?) "
      "UNION ALL SELECT * FROM (SELECT r.seq, -r.seq FROM removal r WHERE r.seq > ? AND r.document IS NOT NULL AND NOT "
      "EXISTS (SELECT 1 FROM document d WHERE d.id = r.document){1} ORDER BY 1 LIMIT ?) "
      "ORDER BY 1 LIMIT ?",
      where.conditions(), of_removals.conditions()));
  int index = 1;
  for (const QueryBuilder* conditions : {&where, &where, &where, &of_removals}) {
    read.bind(index++, after);
    index = conditions->bind(read, index);
    read.bind(index++, limit);
  }
  read.bind(index, limit);
  std::vector<KeyAndId> changes;
  while (read.step()) changes.emplace_back(read.integer(0), read.integer(1));
  return changes;
}

std::optional<StoredDocument> swept_removal(Connection& connection, std::int64_t seq) {
  auto read = connection.prepare(
      "SELECT s.id, r.external_id, r.document, r.at, r.removed_at, r.counted, r.source_revision FROM removal r JOIN "
      "source s ON s.key = r.source WHERE r.seq = ?");
  if (!read.bind(1, seq).step()) return std::nullopt;
  StoredDocument document;
  DocumentRow& row = document.row;
  row.source = read.text(0);
  row.id = read.text(1);
  document.first_seq = read.integer(2);
  document.public_id = std::to_string(document.first_seq);
  document.at = document.stored_at = row.published_at = row.received_at = row.scored_at = read.time(3);
  document.removed_at = read.time(4);
  document.counted = read.flag(5);
  row.source_revision = read.optional_integer(6);
  document.seq = seq;
  document.removed_seq = seq;
  return document;
}

}  // namespace tapewatch::storage
