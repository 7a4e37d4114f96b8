#pragma once
#include <cstdint>
#include <string>

#include "storage/document/document_parts.hpp"
#include "storage/document/document_reader.hpp"

namespace tapewatch::storage {

/// Loads documents: many of them with few statements, into one StoredDocument that keeps its memory. For the length of
/// one read transaction. Throws StorageError.
class DocumentLoader {
 public:
  explicit DocumentLoader(Connection& connection, DocumentText text = DocumentText::whole);

  /// What a statement selects of `document d`, first of all, for read().
  static const std::string& columns(DocumentText text);
  /// The document of the row that `read` has reached.
  void read(const Statement& read, StoredDocument& document);
  /// By its row id; false: there is no such row.
  bool load(std::int64_t id, StoredDocument& document);

 private:
  void read_row(const Statement& read, StoredDocument& document);
  void read_scores(const Statement& read, StoredDocument& document);

  const DocumentText text_;
  Statement document_;
  DocumentParts parts_;
  Names sources_, topics_, models_;
};

}  // namespace tapewatch::storage
