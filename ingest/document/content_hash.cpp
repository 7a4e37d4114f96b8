// Tested by tests/ingest/document/canonical_document_test.cpp
#include "ingest/document/content_hash.hpp"

#include <xxhash.h>

#include "config/notation/hex.hpp"

namespace tapewatch::ingest {

std::string hash_hex(std::string_view bytes) {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes.data(), bytes.size()));
  return notation::to_hex(canonical.digest);
}

// Every field is preceded by its length, so that no two documents give the same bytes. The arrival time is not
// included: the same post must give the same id again.
std::string content_identity(const Document& document) {
  const std::string published = document.published_from == PublishedFrom::source
                                    ? std::to_string(document.published_at.time_since_epoch().count())
                                    : std::string();
  std::string bytes;
  for (const std::string* field : {&document.title, &document.body, &document.url, &document.language, &published}) {
    bytes += std::to_string(field->size()) + ":" + *field;
  }
  return hash_hex(bytes);
}

}  // namespace tapewatch::ingest
