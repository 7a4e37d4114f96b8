#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "storage/document/document_reader.hpp"
#include "storage/document/metadata_table.hpp"

namespace tapewatch::storage {

/// Loads documents by their row ids: many of them with few statements, each name looked up once. For the length of one
/// read transaction. Throws StorageError.
class DocumentLoader {
 public:
  explicit DocumentLoader(Connection& connection);
  /// Nothing: there is no such row.
  std::optional<StoredDocument> load(std::int64_t id);

 private:
  /// The ids of one table of names, and for companies their names.
  class Names {
   public:
    Names(Connection& connection, const char* find) : connection_(connection), find_(find) {}
    const std::pair<std::string, std::string>& of(std::int64_t key);

   private:
    Connection& connection_;
    const char* const find_;
    std::unordered_map<std::int64_t, std::pair<std::string, std::string>> found_;
  };

  void read_row(StoredDocument& document);
  void read_scores(StoredDocument& document);
  void read_entities(std::int64_t id, std::vector<EntityRow>& entities);
  std::optional<Risk> risk_of(const Statement& read, int column);

  Statement document_, entities_;
  const MetadataTable metadata_;
  Names sources_, topics_, models_, companies_, events_;
};

}  // namespace tapewatch::storage
