#pragma once
#include <string>

#include "ingest/document/document.hpp"
#include "ingest/document/document_limits.hpp"
#include "ingest/kafka/kafka_options.hpp"
#include "ingest/kafka/record.hpp"

namespace tapewatch::ingest {

/// The id of a record without one: "cluster/topic@incarnation/partition/offset", so that neither another cluster nor
/// another topic of the same name gives it again; "topic/partition/offset" in a topic that was read before incarnations
/// were counted. Stored: never changes.
std::string record_identity(const Record& record);

/// Turns records into documents by the JSON Pointers of the configuration. Format `json`: the value is one JSON object;
/// `text`: its first line is the title, the rest the body. Rejections name the pointer as configured. Tombstones and
/// actions other than upsert, insert, update are rejected ("not in this version"). Const and shared by threads.
class RecordDecoder {
 public:
  // Throws std::invalid_argument naming an invalid pointer.
  RecordDecoder(const KafkaOptions& options, DocumentLimits limits);

  /// The text is not changed: call normalise() next.
  Result<Document> decode(const Record& record, TimePoint received_at) const;

 private:
  Result<Document> decode_json(const Record& record) const;
  Result<Document> decode_text(const Record& record) const;

  std::string source_;
  std::string language_;
  KafkaFormat format_;
  KafkaFields fields_;
  ActionWords actions_;
  DocumentLimits limits_;
  std::size_t max_record_bytes_;
};

}  // namespace tapewatch::ingest
