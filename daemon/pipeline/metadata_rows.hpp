#pragma once
#include <algorithm>
#include <vector>

#include "ingest/document/metadata.hpp"
#include "storage/document/document_row.hpp"

namespace tapewatch {

/// What a source says beside the text, as it is stored: by name and value.
inline std::vector<storage::MetadataRow> to_metadata_rows(const ingest::Metadata& metadata) {
  std::vector<storage::MetadataRow> rows;
  rows.reserve(metadata.size());
  for (const auto& [name, value] : metadata) rows.push_back({name, value});
  std::sort(rows.begin(), rows.end());
  return rows;
}

}  // namespace tapewatch
