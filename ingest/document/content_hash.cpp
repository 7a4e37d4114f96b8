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

}  // namespace tapewatch::ingest
