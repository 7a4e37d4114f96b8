#pragma once
#include <string>
#include <vector>

#include "ingest/document/document.hpp"
#include "ingest/document/document_limits.hpp"
#include "ingest/kafka/kafka_options.hpp"
#include "ingest/kafka/record.hpp"
#include "ingest/record/source_reader.hpp"

namespace tapewatch::ingest {

/// The id of a record without one: "cluster/topic@incarnation/partition/offset", so that neither another cluster nor
/// another topic of the same name gives it again; "topic/partition/offset" in a topic that was read before incarnations
/// were counted. Stored: never changes.
std::string record_identity(const Record& record);

/// Turns records into documents by the shape that the configuration gives them (SourceReader). What a document does not
/// say is the record's: its id is the record's position, with "#" and its number where the record is a list. Rejections
/// name the places as configured. A tombstone removes the document whose
/// id its key is, where `fields` say so, and is rejected otherwise. Const and shared by threads.
class RecordDecoder {
 public:
  // Throws std::invalid_argument naming what is wrong with the shape.
  RecordDecoder(const KafkaOptions& options, DocumentLimits limits);

  /// The documents of the record in their order; none for an empty list. The text is not changed: call normalise()
  /// next.
  std::vector<Result<Document>> decode(const Record& record, TimePoint received_at) const;

 private:
  SourceReader reader_;
  std::size_t max_record_bytes_;
};

}  // namespace tapewatch::ingest
