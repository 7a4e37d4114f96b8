#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "ingest/record/record_mapping.hpp"
#include "ingest/record/record_options.hpp"

namespace tapewatch::ingest {

/// The documents of one record in their order. `many`: they came as a list, so that one without an id needs its number.
struct RecordDocuments {
  std::vector<Result<Document>> documents;
  bool many = false;
};

/// Reads the documents of a record's bytes: gzip, byte order marks, UTF-16 and other charsets, JSON, lists of it,
/// NDJSON, JSON in a JSON text, the five bytes of a schema registry before JSON, XML, XML feeds and MessagePack are
/// recognised by themselves; Avro and Protobuf are refused by name. Const and shared by threads.
class RecordReader {
 public:
  /// Throws std::invalid_argument naming what is wrong with the shape.
  RecordReader(const RecordShape& shape, DocumentReading reading);

  /// One rejection, without documents, where the bytes cannot be read at all. The text is not changed: call
  /// normalise() next.
  RecordDocuments read(std::string_view bytes, const RecordContext& context) const;

  /// A record without a value (RecordMapping::tombstone).
  Result<Document> read_tombstone(const RecordContext& context) const { return mapping_.tombstone(context); }

 private:
  using Parts = std::vector<Result<boost::json::value>>;

  RecordDocuments read_text(const std::string& text, const RecordContext& context,
                            std::vector<FieldWarning>& warnings) const;
  Result<Document> plain_text(std::string_view text) const;
  Parts json_parts(const std::string& text, bool& many, std::vector<FieldWarning>& warnings) const;
  Parts xml_parts(const std::string& text, bool& many, std::vector<FieldWarning>& warnings) const;
  Parts table_rows(const std::string& text, bool& many) const;
  RecordDocuments map(Parts parts, bool many, const RecordContext& context) const;

  RecordFormat format_;
  DocumentLimits limits_;
  std::vector<std::string> decode_record_;
  RecordMapping mapping_;
};

}  // namespace tapewatch::ingest
