// Tested by tests/ingest/document/canonical_document_test.cpp
#include "ingest/document/metadata.hpp"

#include <algorithm>

#include "config/notation/ascii.hpp"
#include "config/notation/utf8.hpp"
#include "ingest/text/white_space.hpp"

namespace tapewatch::ingest {
namespace {

std::string tidy_name(std::string_view name) {
  std::string tidy = notation::ascii_lower(notation::stripped(name));
  std::replace(tidy.begin(), tidy.end(), ' ', '_');
  return tidy;
}

}  // namespace

bool is_metadata_name(std::string_view name, const DocumentLimits& limits) {
  const bool fits = !name.empty() && name.size() <= limits.max_metadata_name_bytes;
  return fits && std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || notation::is_digit(c) || c == '_' || c == '-' || c == '.';
         });
}

std::string add_metadata(Metadata& metadata, std::string_view name, std::string_view value,
                         const DocumentLimits& limits) {
  MetadataEntry entry{tidy_name(name), single_line(notation::repaired_utf8(value))};
  if (entry.value.empty()) return {};
  if (!is_metadata_name(entry.name, limits)) {
    return "a name of letters, digits, '_', '-' and '.', at most " + std::to_string(limits.max_metadata_name_bytes) +
           " bytes, is expected: left out";
  }
  if (entry.value.size() > limits.max_metadata_value_bytes) {
    return entry.name + ": " + std::to_string(entry.value.size()) + " bytes, at most " +
           std::to_string(limits.max_metadata_value_bytes) + ": left out";
  }
  if (std::find(metadata.begin(), metadata.end(), entry) != metadata.end()) return {};
  if (metadata.size() >= limits.max_metadata) {
    return "more than " + std::to_string(limits.max_metadata) + " pairs, left out";
  }
  metadata.push_back(std::move(entry));
  return {};
}

}  // namespace tapewatch::ingest
