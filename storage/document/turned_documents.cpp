// Tested by tests/storage/document/sequence_reader_test.cpp
#include "storage/document/turned_documents.hpp"

namespace tapewatch::storage {

std::string TurnedDocuments::first_title(std::int64_t document) const {
  auto read = connection_.prepare(
      "SELECT coalesce(r.title, d.title) FROM document d LEFT JOIN document_revision r ON r.document = d.id AND "
      "r.revision = 1 WHERE d.id = ?");
  return read.bind(1, document).step() ? read.text(0) : std::string();
}

bool TurnedDocuments::mark(std::int64_t document, std::int64_t seq) {
  auto update =
      connection_.prepare("UPDATE document SET turned_seq = ?2 WHERE id = ?1 AND turned_seq IS NULL RETURNING id");
  return update.bind_all(document, seq).step();
}

}  // namespace tapewatch::storage
