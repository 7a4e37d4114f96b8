#include "ingest/kafka/record_decoder.hpp"

#include <utility>

namespace tapewatch::ingest {

std::string record_identity(const Record& record) {
  const std::string topic = record.incarnation == 0
                                ? record.topic
                                : record.cluster + "/" + record.topic + "@" + std::to_string(record.incarnation);
  return topic + "/" + std::to_string(record.partition) + "/" + std::to_string(record.offset);
}

RecordDecoder::RecordDecoder(const KafkaOptions& options, DocumentLimits limits)
    : reader_(options, limits), max_record_bytes_(options.max_record_bytes) {}

std::vector<Result<Document>> RecordDecoder::decode(const Record& record, TimePoint received_at) const {
  const RecordContext context{record.key, record.headers, received_at};
  if (record.tombstone) {
    auto removal = reader_.read_tombstone(context);
    if (removal) complete_times(*removal, record.timestamp, received_at);
    return {std::move(removal)};
  }
  if (record.payload.size() > max_record_bytes_) {
    return {
        Rejection{"", std::to_string(record.payload.size()) + " bytes, at most " + std::to_string(max_record_bytes_)}};
  }
  RecordDocuments read = reader_.read(record.payload, context);
  for (std::size_t i = 0; i < read.documents.size(); ++i) {
    auto& document = read.documents[i];
    if (!document) continue;
    if (document->id.empty()) document->id = record_identity(record) + (read.many ? "#" + std::to_string(i) : "");
    complete_times(*document, record.timestamp, received_at);
  }
  return std::move(read.documents);
}

}  // namespace tapewatch::ingest
