#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "ingest/document/document_limits.hpp"

namespace tapewatch::ingest {

/// What a publisher says about a document beside its text: the form of a filing, the speaker of a speech. The name is
/// in lower case, of letters, digits, '_', '-' and '.'; the value is one line.
struct MetadataEntry {
  std::string name, value;

  friend bool operator==(const MetadataEntry&, const MetadataEntry&) = default;
};

/// In the publisher's order, each pair once; a name may have several values.
using Metadata = std::vector<MetadataEntry>;

/// Whether `name` is one as MetadataEntry has it.
bool is_metadata_name(std::string_view name, const DocumentLimits& limits);

/// Adds a pair: the name's capitals and blanks are put right, an empty value adds nothing. Returns why a pair is left
/// out, "" where it is not: a name of other characters, or one of `limits`.
std::string add_metadata(Metadata& metadata, std::string_view name, std::string_view value,
                         const DocumentLimits& limits);

}  // namespace tapewatch::ingest
