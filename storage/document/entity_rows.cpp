// Tested by tests/storage/document/document_writer_test.cpp
#include "storage/document/entity_rows.hpp"

#include <algorithm>

#include "storage/document/metadata_table.hpp"
#include "storage/document/risk_columns.hpp"

namespace tapewatch::storage {

std::vector<EntityRow> entity_rows(Connection& connection, std::int64_t document) {
  auto read = connection.prepare(
      "SELECT e.id, e.name, d.sentiment, d.label, d.method, d.start, d.end, k.id, d.gravity FROM document_entity d "
      "JOIN entity e ON e.key = d.entity LEFT JOIN risk_event k ON k.key = d.event WHERE d.document = ? AND d.label IS "
      "NOT NULL ORDER BY d.start, e.id");
  read.bind(1, document);
  std::vector<EntityRow> rows;
  while (read.step()) {
    const double sentiment = read.is_null(2) ? 0.0 : from_micro(read.integer(2));
    rows.push_back({read.text(0), read.text(1), sentiment, label_of(read.integer(3)), read.text(4),
                    static_cast<std::uint32_t>(read.integer(5)), static_cast<std::uint32_t>(read.integer(6))});
    rows.back().risk = risk_in(read, 7);
  }
  return rows;
}

std::optional<DocumentRow> united_with_stored(Connection& connection, const DocumentRow& row, std::int64_t document) {
  const auto by_source = [](const EntityRow& entity) { return entity.start == 0 && entity.end == 0; };
  if (std::none_of(row.entities.begin(), row.entities.end(), by_source)) return std::nullopt;
  const std::vector<EntityRow> stored = entity_rows(connection, document);
  const auto names = [](const std::vector<EntityRow>& entities, const std::string& id) {
    return std::any_of(entities.begin(), entities.end(), [&](const EntityRow& entity) { return entity.id == id; });
  };
  const bool more = std::any_of(row.entities.begin(), row.entities.end(), [&](const EntityRow& entity) {
    return by_source(entity) && !names(stored, entity.id);
  });
  if (!more) return std::nullopt;
  DocumentRow united = row;
  for (const EntityRow& entity : stored) {
    if (!names(row.entities, entity.id)) united.entities.push_back(entity);
  }
  for (const MetadataRow& pair : MetadataTable(connection).of(document)) united.metadata.push_back(pair);
  return united;
}

}  // namespace tapewatch::storage
