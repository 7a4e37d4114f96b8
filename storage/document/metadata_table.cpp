#include "storage/document/metadata_table.hpp"

#include <map>

namespace tapewatch::storage {

void MetadataTable::replace(std::int64_t document, const std::vector<MetadataRow>& metadata) {
  erase(document);
  for (const auto& [name, value] : metadata) {
    connection_.prepare("INSERT OR IGNORE INTO document_metadata (document, name, value) VALUES (?, ?, ?)")
        .bind_all(document, name, value)
        .run();
  }
}

void MetadataTable::erase(std::int64_t document) {
  connection_.prepare("DELETE FROM document_metadata WHERE document = ?").bind(1, document).run();
}

std::vector<MetadataRow> MetadataTable::of(std::int64_t document) const {
  auto read = connection_.prepare("SELECT name, value FROM document_metadata WHERE document = ? ORDER BY name, value");
  read.bind(1, document);
  std::vector<MetadataRow> metadata;
  while (read.step()) metadata.push_back({read.text(0), read.text(1)});
  return metadata;
}

void add_metadata(QueryBuilder& where, const std::vector<MetadataRow>& wanted) {
  std::map<std::string, std::vector<QueryBuilder::Value>> by_name;
  for (const auto& [name, value] : wanted) by_name[name].emplace_back(value);
  for (auto& [name, values] : by_name) {
    const std::string any = marks(values.size());
    values.insert(values.begin(), name);
    where.where("d.id IN (SELECT document FROM document_metadata WHERE name = ? AND value IN " + any + ")", values);
  }
}

void append_metadata(notation::JsonWriter& json, const std::vector<MetadataRow>& metadata) {
  json.begin_object();
  for (std::size_t i = 0; i < metadata.size();) {
    const std::string& name = metadata[i].name;
    json.key(name).begin_array();
    for (; i < metadata.size() && metadata[i].name == name; ++i) json.value(metadata[i].value);
    json.end_array();
  }
  json.end_object();
}

}  // namespace tapewatch::storage
