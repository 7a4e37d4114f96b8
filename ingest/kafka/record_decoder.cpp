#include "ingest/kafka/record_decoder.hpp"

#include <stdexcept>
#include <utility>

#include "ingest/text/language_tag.hpp"

namespace tapewatch::ingest {
namespace {

RecordReader reader_of(const KafkaOptions& options, const DocumentLimits& limits) {
  try {
    auto zone = notation::TimeZone::find(options.time_zone.empty() ? "UTC" : options.time_zone);
    if (!zone) throw std::invalid_argument("time_zone = \"" + options.time_zone + "\" is not an IANA time zone");
    if (options.time_zone.empty()) zone.reset();  // read as UTC, with a warning
    return {options, {limits, read_language(options.language).tag, options.actions, zone}};
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument("source \"" + options.name + "\": " + error.what());
  }
}

void complete(Document& document, const Record& record, const std::string& source, TimePoint received_at) {
  if (document.source.empty()) document.source = source;
  document.received_at = received_at;
  if (document.published_from == PublishedFrom::received) {
    document.published_at = record.timestamp.value_or(received_at);
    document.published_from = record.timestamp ? PublishedFrom::record : PublishedFrom::received;
  } else {
    place_in_day(document, record.timestamp.value_or(received_at));
  }
}

}  // namespace

std::string record_identity(const Record& record) {
  const std::string topic = record.incarnation == 0
                                ? record.topic
                                : record.cluster + "/" + record.topic + "@" + std::to_string(record.incarnation);
  return topic + "/" + std::to_string(record.partition) + "/" + std::to_string(record.offset);
}

RecordDecoder::RecordDecoder(const KafkaOptions& options, DocumentLimits limits)
    : source_(options.name),
      language_(read_language(options.language).tag),
      reader_(reader_of(options, limits)),
      max_record_bytes_(options.max_record_bytes) {}

std::vector<Result<Document>> RecordDecoder::decode(const Record& record, TimePoint received_at) const {
  const RecordContext context{record.key, record.headers, received_at};
  if (record.tombstone) {
    auto removal = reader_.read_tombstone(context);
    if (removal) complete(*removal, record, source_, received_at);
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
    if (document->language.empty()) document->language = language_;
    complete(*document, record, source_, received_at);
  }
  return std::move(read.documents);
}

}  // namespace tapewatch::ingest
