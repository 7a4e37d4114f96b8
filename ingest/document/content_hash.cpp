// Tested by tests/ingest/document/canonical_document_test.cpp
#include "ingest/document/content_hash.hpp"

#include <xxhash.h>

#include <cstdint>

namespace tapewatch::ingest {

std::string hash_hex(std::string_view bytes) {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes.data(), bytes.size()));
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : canonical.digest) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

}  // namespace tapewatch::ingest
