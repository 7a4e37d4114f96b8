#pragma once
#include <string>
#include <string_view>

#include "ingest/document/document.hpp"

namespace tapewatch::ingest {

/// 32 hex digits: XXH3's 128 bits over the bytes, in its canonical order, so the same on every machine.
std::string hash_hex(std::string_view bytes);

/// The id of a document whose sender gives none: a hash of its texts, url, language and own time, so that the same
/// document sent again has the same id. Stored: never changes.
std::string content_identity(const Document& document);

}  // namespace tapewatch::ingest
