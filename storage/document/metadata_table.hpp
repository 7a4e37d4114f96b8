#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "config/notation/json_writer.hpp"
#include "storage/connection/connection.hpp"
#include "storage/connection/query_builder.hpp"
#include "storage/document/document_row.hpp"

namespace tapewatch::storage {

/// The table `document_metadata`: pairs of a name and a value that a document's source gives beside its text.
class MetadataTable {
 public:
  explicit MetadataTable(Connection& connection) : connection_(connection) {}

  /// What a document has from now on, in place of what it had.
  void replace(std::int64_t document, const std::vector<MetadataRow>& metadata);
  void erase(std::int64_t document);
  /// By name and value.
  std::vector<MetadataRow> of(std::int64_t document) const;

 private:
  Connection& connection_;
};

/// Keeps documents d that have, of each name in `wanted`, one of its values.
void add_metadata(QueryBuilder& where, const std::vector<MetadataRow>& wanted);

/// {"items":["4.02","9.01"], …}: each name with its values. `metadata` by name.
void append_metadata(notation::JsonWriter& json, const std::vector<MetadataRow>& metadata);

}  // namespace tapewatch::storage
