#include "ingest/document/canonical_document.hpp"

#include <initializer_list>
#include <string>

#include "ingest/document/content_hash.hpp"
#include "ingest/document/document_fields.hpp"

namespace tapewatch::ingest {
namespace {

// Every field is preceded by its length, so that no two documents give the same bytes. The arrival time is not
// included: the same post must give the same id again.
std::string content_hash(const Document& document) {
  const std::string published = document.published_from == PublishedFrom::source
                                    ? std::to_string(document.published_at.time_since_epoch().count())
                                    : std::string();
  std::string bytes;
  for (const std::string* field : {&document.title, &document.body, &document.url, &document.language, &published}) {
    bytes += std::to_string(field->size()) + ":" + *field;
  }
  return hash_hex(bytes);
}

}  // namespace

Result<Document> decode_document(const boost::json::value& value, std::string_view default_source,
                                 TimePoint received_at, const DocumentLimits& limits) {
  static const KafkaFields kCanonical;
  Result<Document> decoded = read_document_fields(value, kCanonical, limits);
  if (!decoded) return decoded;
  if (decoded->source.empty()) decoded->source = default_source;
  if (decoded->id.empty()) decoded->id = content_hash(*decoded);
  decoded->received_at = received_at;
  if (decoded->published_from == PublishedFrom::received) decoded->published_at = received_at;
  return decoded;
}

}  // namespace tapewatch::ingest
