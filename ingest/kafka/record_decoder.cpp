#include "ingest/kafka/record_decoder.hpp"

#include <algorithm>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <stdexcept>
#include <utility>

#include "config/notation/utf8.hpp"
#include "ingest/document/document_fields.hpp"
#include "ingest/document/json_pointer_options.hpp"

namespace tapewatch::ingest {
namespace {

void require_pointer(std::string_view source, std::string_view field, const std::string& pointer) {
  if (!is_json_pointer(pointer)) {
    throw std::invalid_argument("source \"" + std::string(source) + "\": fields." + std::string(field) + " = \"" +
                                pointer + "\" is not a JSON Pointer such as \"/headline\"");
  }
}

void complete(Document& document, const Record& record, const std::string& source, const std::string& language,
              TimePoint received_at) {
  if (document.source.empty()) document.source = source;
  if (document.id.empty()) document.id = record_identity(record);
  if (document.language.empty()) document.language = language;
  document.received_at = received_at;
  if (document.published_from == PublishedFrom::received) {
    document.published_at = record.timestamp.value_or(received_at);
    document.published_from = record.timestamp ? PublishedFrom::record : PublishedFrom::received;
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
      language_(primary_language(options.language)),
      format_(options.format),
      fields_(options.fields),
      actions_(options.actions),
      limits_(limits),
      max_record_bytes_(options.max_record_bytes) {
  const std::pair<std::string_view, const std::string*> pointers[] = {{"id", &fields_.id},
                                                                      {"source", &fields_.source},
                                                                      {"title", &fields_.title},
                                                                      {"body", &fields_.body},
                                                                      {"url", &fields_.url},
                                                                      {"published_at", &fields_.published_at},
                                                                      {"language", &fields_.language},
                                                                      {"entities", &fields_.entities},
                                                                      {"revision", &fields_.revision},
                                                                      {"action", &fields_.action},
                                                                      {"embargo_until", &fields_.embargo_until}};
  for (const auto& [field, pointer] : pointers) require_pointer(source_, field, *pointer);
}

Result<Document> RecordDecoder::decode(const Record& record, TimePoint received_at) const {
  if (record.tombstone) {
    return Rejection{"", "a tombstone (no value): deleting is not in this version"};
  }
  if (record.payload.size() > max_record_bytes_) {
    return Rejection{"",
                     std::to_string(record.payload.size()) + " bytes, at most " + std::to_string(max_record_bytes_)};
  }
  Result<Document> decoded = format_ == KafkaFormat::json ? decode_json(record) : decode_text(record);
  if (decoded) complete(*decoded, record, source_, language_, received_at);
  return decoded;
}

Result<Document> RecordDecoder::decode_json(const Record& record) const {
  boost::json::parse_options options;
  options.max_depth = limits_.max_json_depth;
  options.allow_invalid_utf8 = true;  // replaced by U+FFFD when the field is read: the news matters more than a byte
  boost::system::error_code error;
  boost::json::monotonic_resource memory;
  const boost::json::value value = boost::json::parse(record.payload, error, &memory, options);
  if (error) {
    return Rejection{"", record.payload.empty() ? "an empty value" : "not JSON: " + error.message()};
  }
  return read_document_fields(value, fields_, limits_, actions_);
}

Result<Document> RecordDecoder::decode_text(const Record& record) const {
  const std::string text = notation::repaired_utf8(record.payload);
  const std::size_t start = text.find_first_not_of("\r\n \t");
  if (start == std::string::npos) {
    return Rejection{"", "an empty value"};
  }
  Document document;
  const std::size_t end = std::min(text.find('\n', start), text.size());
  document.title = text.substr(start, end - start);
  document.body = text.substr(end);
  return document;
}

}  // namespace tapewatch::ingest
