#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace tapewatch::storage {

/// A story's key as story.title_hash holds it: 64 bits of XXH3, the same on every machine and never to change. Keys are
/// compared within a story's window, so that two of 10 million stories share one by chance once in some 300,000
/// databases. Nothing for an empty key.
std::optional<std::int64_t> title_hash(std::string_view story_key);

}  // namespace tapewatch::storage
