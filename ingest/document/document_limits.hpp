#pragma once
#include <cstddef>

namespace tapewatch::ingest {

/// Limits of one document, in bytes of UTF-8 unless noted. A document over a text limit is rejected with its size (a
/// cut text would be scored as if complete); entities and metadata beyond their limits are dropped, the document stays.
struct DocumentLimits {
  std::size_t max_title_bytes = 16 * 1024;
  std::size_t max_body_bytes = 1024 * 1024;
  std::size_t max_id_bytes = 1024;
  std::size_t max_source_bytes = 128;
  std::size_t max_url_bytes = 4096;
  std::size_t max_entities = 64;
  std::size_t max_entity_bytes = 256;
  std::size_t max_metadata = 32;  // pairs
  std::size_t max_metadata_name_bytes = 64;
  std::size_t max_metadata_value_bytes = 512;
  std::size_t max_json_depth = 32;
  std::size_t max_decoded_bytes = 16 * 1024 * 1024;  // of one record after gzip
};

}  // namespace tapewatch::ingest
