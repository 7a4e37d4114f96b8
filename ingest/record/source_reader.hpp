#pragma once
#include <string>
#include <string_view>

#include "ingest/document/document.hpp"
#include "ingest/document/document_limits.hpp"
#include "ingest/record/record_options.hpp"
#include "ingest/record/record_reader.hpp"

namespace tapewatch::ingest {

/// Reads the records of one source by its shape, words and language. What a document does not say of itself (its
/// source, its language) is the source's. Const and shared by threads.
class SourceReader {
 public:
  /// Throws std::invalid_argument naming the source and what is wrong with its shape.
  SourceReader(const RecordSource& source, const DocumentLimits& limits);

  /// The documents of one record (RecordReader::read), without times or ids of their own where the record has none.
  RecordDocuments read(std::string_view bytes, const RecordContext& context) const;

  /// The removal that a record without a value means (RecordMapping::tombstone).
  Result<Document> read_tombstone(const RecordContext& context) const;

 private:
  void complete(Document& document) const;

  std::string source_, language_;
  RecordReader reader_;
};

/// Gives a document without an id, unless it is a removal, one from its content: content_identity().
void complete_identity(Document& document);

/// Fills in the time of receipt, and the time of publication where the document states none: `carried`, the record's
/// own time, else the time of receipt.
void complete_times(Document& document, std::optional<TimePoint> carried, TimePoint received_at);

}  // namespace tapewatch::ingest
